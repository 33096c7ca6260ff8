// The drawn base map as this wall needs it: nothing that can't be read from six metres, no severity's hue.

import { crossings, extent } from "./camera.mjs";
import { shortName } from "./texts.mjs";

const FILES = /^\/assets\/geo\//;
const SMALLEST = 23.4; // font size in minutes of arc (21' of ink)
const BESIDE = { "text-anchor": ["get", "side"], "text-justify": ["get", "side"], "text-offset": ["match", ["get", "side"], "right", ["literal", [-0.7, 0]], ["literal", [0.7, 0]]] };
const LABELS = {
  "community-label": { size: SMALLEST, ink: "t1", layout: BESIDE },
  "street-label": { size: SMALLEST, ink: "t3", filter: ["all", ["in", ["get", "class"], ["literal", ["trunk", "primary", "secondary"]]], ["!=", ["get", "scope"], "subdistrict"]] },
  "sea-label": { size: SMALLEST, ink: "t3" },
};
const DROPPED = /^(community-tint|place-|district-|area-label|grid-label|street-label-minor|buildings-3d|grid-line|sea-glow)/;
const LINE = 0.0007; // degrees of latitude: about a line of text

/** The style of the wall's base map: `unit` is one minute of arc in pixels, `token` gives a colour by name. */
export function wallStyle(style, unit, token, words, border, communities) {
  const sources = Object.fromEntries(
    Object.entries(style.sources).map(([name, source]) => [name, { ...source, data: source.data.replace(FILES, "/geo/") }]),
  );
  sources.labels = { type: "geojson", data: besideThem(border, communities, words) };
  const layers = style.layers.filter((layer) => !DROPPED.test(layer.id)).flatMap((layer) => adapt(layer, unit, token, words.lang));
  const drawn = new Set(layers.map((layer) => layer.source));
  return { ...style, sources: Object.fromEntries(Object.entries(sources).filter(([name]) => drawn.has(name))), layers };
}

function adapt(layer, unit, token, language) {
  if (layer.type !== "symbol") return [{ ...layer, paint: plain(layer) }];
  const label = LABELS[layer.id];
  if (!label) return [];
  const layout = { ...layer.layout, ...label.layout, "text-size": label.size * unit, "text-letter-spacing": 0 };
  if (language === "en" && layer.source !== "labels") layout["text-field"] = ["coalesce", ["get", "name_en"], ["get", "name"]];
  const paint = { ...layer.paint, "text-color": token(label.ink), "text-halo-color": token("bg"), "text-halo-width": 2 * unit };
  return [{ ...layer, layout, paint, ...(label.filter && { filter: label.filter }) }];
}

// Every kind of drawing is one more program to build before the first picture: soft edges and dashes are not worth theirs.
function plain({ type, paint }) {
  const { "line-dasharray": _dashes, ...kept } = paint;
  return type === "fill" ? { ...kept, "fill-antialias": false } : kept;
}

// Inside the border the assets would lie on the names: each stands outside, at the height of its community.
function besideThem(border, communities, words) {
  const middle = (extent(border.coordinates)[0] + extent(border.coordinates)[2]) / 2;
  const features = communities.map(({ properties, geometry }) => {
    const [west, south, east, north] = extent(geometry.coordinates);
    const lat = (south + north) / 2;
    const side = (west + east) / 2 < middle ? "right" : "left"; // the side of the text that touches the border
    const lons = [-1, 0, 1].flatMap((line) => crossings(border.coordinates, lat + line * LINE));
    const lon = side === "right" ? Math.min(...lons) : Math.max(...lons);
    const short = shortName(properties, words);
    return { type: "Feature", properties: { level: "community", side, name: words.lang === "en" ? short.replace(" ", "\n") : `${short}\n${words.community_short}` }, geometry: { type: "Point", coordinates: [lon, lat] } };
  });
  return { type: "FeatureCollection", features };
}
