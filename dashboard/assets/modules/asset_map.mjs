// What changes on the map, on its own canvas over the base map: the assets, and the communities' grounds by their open
// incidents. It repaints when a state changes, the base map (five times as much to draw) only when it moves.
//
// Colour is feature-state and costs a number. A picture over an asset (how old, how grave) costs the library a placement
// in every frame, so only assets that need one are in that source.

import { GLYPHS, RINGS, glyphPicture, picture } from "./icons.mjs";
import { severityPicture } from "./shapes.mjs";

const SOURCE = "assets";
const MARKS = "marks";
const GROUNDS = "communities";
const STEPS = [1, 3, 6]; // open incidents at which a community takes the next of the four grounds
const DOT = new Set(["streetlight"]); // so many that a glyph each would hide the street
const LULL_MS = 180; // between two drawings of what is no alarm: thousands of assets cost a screen without a graphics card 50 ms
const state = (name) => ["coalesce", ["feature-state", name], 0];
const collection = (features) => ({ type: "FeatureCollection", features });

/** What is drawn over an asset of this look: a ring for its age or absence, a shape for its alarm; null where nothing. */
export function markOf({ sev = 0, age = 0, off = 0 }) {
  const ring = off ? "offline" : [null, null, ...Object.keys(RINGS)][age];
  if (!ring && !sev) return null;
  return { ...(ring && { ring }), ...(sev && { sev, shape: `severity-${sev}` }) };
}

/** The style of the canvas; `unit` is one minute of arc in pixels, `communities` are GeoJSON features. */
export function assetStyle(unit, token, communities) {
  const radius = ["case", ["get", "dot"], 3 * unit, 7.5 * unit];
  const bySeverity = (otherwise) => ["match", state("sev"), 1, token("s1"), 2, token("s2"), 3, token("s3"), 4, token("s4"), otherwise];
  const isOld = [">=", state("age"), 2];
  const isAway = ["==", state("off"), 1];
  const grounds = ["case", ["any", isOld, isAway], token("bg"), ["get", "dot"], token("edge"), token("raised")];
  const inks = ["case", [">", state("sev"), 0], token("bg"), ["any", isOld, isAway, ["==", state("age"), 1]], token("t3"), token("t2")];
  const circle = (id, paint) => ({ id, type: "circle", source: SOURCE, paint });
  const symbol = (id, source, filter, layout, paint = {}) => ({
    id, type: "symbol", source, filter, paint,
    layout: { "icon-allow-overlap": true, "icon-ignore-placement": true, ...layout },
  });
  const scale = ["case", ["get", "dot"], 0.5, 1];
  const sized = (minutes) => ["*", scale, (minutes * unit) / 96];
  return {
    version: 8,
    sources: {
      [GROUNDS]: { type: "geojson", promoteId: "id", data: collection(communities) },
      [SOURCE]: { type: "geojson", data: collection([]) },
      [MARKS]: { type: "geojson", data: collection([]) },
    },
    layers: [
      ground(token),
      circle("halo", {
        "circle-radius": ["case", [">", state("sev"), 0], ["*", 1.75, radius], 0],
        "circle-color": bySeverity(token("edge")), "circle-opacity": 0.35,
      }),
      circle("disc", {
        "circle-radius": radius, "circle-color": bySeverity(grounds),
        "circle-stroke-width": 0.8 * unit,
        "circle-stroke-color": ["case", ["any", isOld, isAway, ["get", "dot"], [">", state("sev"), 0]], token("bg"), token("edge")],
      }),
      symbol("glyph", SOURCE, ["!", ["get", "dot"]], { "icon-image": ["get", "kind"], "icon-size": (10.8 * unit) / 96 }, { "icon-color": inks }),
      symbol("ring", MARKS, ["has", "ring"], { "icon-image": ["get", "ring"], "icon-size": sized(17.5) }),
      symbol("severity", MARKS, ["has", "shape"], {
        "icon-image": ["get", "shape"], "icon-size": (21 * unit) / 96, "icon-offset": [46, -46], "symbol-sort-key": ["-", 0, ["get", "sev"]],
      }),
    ],
  };
}

// Open incidents of a community darken nothing and colour nothing: four steps of a neutral ground.
function ground(token) {
  const n = state("open");
  const color = ["step", n, token("ramp0"), STEPS[0], token("ramp1"), STEPS[1], token("ramp2"), STEPS[2], token("ramp3")];
  const opacity = ["step", n, 0, STEPS[0], 0.35, STEPS[1], 0.5, STEPS[2], 0.6];
  return { id: "grounds", type: "fill", source: GROUNDS, paint: { "fill-color": color, "fill-opacity": opacity, "fill-antialias": false } };
}

export class AssetCanvas {
  constructor(maplibre, container, camera, unit, token, communities) {
    this.token = token;
    this.open = new Map(communities.map(({ properties }) => [properties.id, 0])); // community id -> open incidents
    this.numbers = new Map(); // asset id -> feature id
    this.looks = new Map();
    this.waiting = new Map(); // feature id -> look, not drawn yet
    this.places = new Map(); // feature id -> its feature
    this.marks = new Map(); // feature id -> the feature of what is drawn over it
    this.drawnAt = -Infinity;
    this.map = new maplibre.Map({
      container, style: assetStyle(unit, token, communities), center: camera.center, zoom: camera.zoom,
      interactive: false, attributionControl: false, validateStyle: false, fadeDuration: 0, maxPitch: 0, trackResize: false,
    });
    this.ready = this.#prepare();
  }

  async #prepare() {
    const loaded = new Promise((resolve) => this.map.once("load", resolve));
    const pictures = [
      ...[...Object.keys(GLYPHS), "other"].map((kind) => [kind, glyphPicture(kind), true]),
      ...Object.entries(RINGS).map(([name, draw]) => [name, draw(this.token("t3")), false]),
      ...[1, 2, 3, 4].map((severity) => [`severity-${severity}`, this.#shape(severity), false]),
    ];
    const drawn = await Promise.all(pictures.map(async ([name, markup, sdf]) => [name, await picture(markup), { sdf }]));
    await loaded;
    for (const image of drawn) this.map.addImage(...image);
    this.map.getCanvas().addEventListener("webglcontextrestored", () => this.map.once("idle", () => this.#again()));
  }

  #shape(severity) {
    const ink = this.token(severity === 4 ? "t1" : "bg");
    return severityPicture(severity, { fill: this.token(`s${severity}`), ground: this.token("bg"), ink });
  }

  /** Put these assets on the map, those without a position aside. */
  place(assets) {
    this.numbers.clear();
    this.looks.clear();
    this.waiting.clear();
    this.marks.clear();
    const features = assets.filter((asset) => Number.isFinite(asset.lon) && Number.isFinite(asset.lat)).map((asset, n) => {
      this.numbers.set(asset.id, n);
      const kind = asset.kind in GLYPHS ? asset.kind : "other";
      const dot = DOT.has(asset.kind);
      return {
        type: "Feature", id: n, properties: { kind: dot ? "" : kind, dot },
        geometry: { type: "Point", coordinates: [asset.lon, asset.lat] },
      };
    });
    this.places = new Map(features.map((feature) => [feature.id, feature]));
    this.map.removeFeatureState({ source: SOURCE });
    this.map.getSource(SOURCE).setData(collection(features));
    this.map.getSource(MARKS).setData(collection([]));
  }

  show(assetId, look) {
    const id = this.numbers.get(assetId);
    if (id === undefined) return;
    const isNews = (this.looks.get(id)?.sev ?? 0) !== look.sev;
    this.looks.set(id, look);
    this.waiting.set(id, look);
    const left = isNews ? 0 : this.drawnAt + LULL_MS - performance.now();
    if (left <= 0) this.#flush();
    else this.timer ??= setTimeout(() => this.#flush(), left);
  }

  // An alarm is drawn at once, and what waits goes along; mere age is drawn together, a few times a second.
  #flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.drawnAt = performance.now();
    let isMarked = false;
    for (const [id, look] of this.waiting) {
      this.map.setFeatureState({ source: SOURCE, id }, look);
      isMarked = this.#mark(id, look) || isMarked;
    }
    this.waiting.clear();
    if (isMarked) this.map.getSource(MARKS).setData(collection([...this.marks.values()]));
  }

  /** Note what is drawn over an asset; say whether that is another thing than before. */
  #mark(id, look) {
    const mark = markOf(look), before = this.marks.get(id)?.properties;
    if (mark?.ring === before?.ring && mark?.sev === before?.sev) return false;
    if (!mark) return this.marks.delete(id);
    const { geometry, properties } = this.places.get(id);
    this.marks.set(id, { type: "Feature", geometry, properties: { ...mark, dot: properties.dot } });
    return true;
  }

  /** Ground the communities by their open incidents: all of them, for one without any is not among the counts. */
  ground(areas) {
    for (const [id, before] of this.open) {
      const open = areas[id] ?? 0;
      if (open === before) continue; // the same state again would be drawn again
      this.open.set(id, open);
      this.map.setFeatureState({ source: GROUNDS, id }, { open });
    }
  }

  // A lost WebGL context comes back with every feature's state forgotten: calm colours over a street in alarm.
  #again() {
    for (const [id, open] of this.open) this.map.setFeatureState({ source: GROUNDS, id }, { open });
    for (const [id, look] of this.looks) this.map.setFeatureState({ source: SOURCE, id }, look);
    this.map.triggerRepaint();
  }

  aim(camera) {
    this.map.resize();
    this.map.jumpTo({ center: camera.center, zoom: camera.zoom });
    this.map.redraw();
  }
}
