// The map where WebGL is missing: the same sketch and the same assets as plain SVG, drawn once a camera.

import { svg } from "./shapes.mjs";

const SHAPES = [
  ["coast", (p) => p.kind === "land", "land"],
  ["green", (p) => p.kind !== "contour", "green"],
  ["communities", () => true, "community"],
  ["streets", (p) => p.class !== "lane", "street"],
  ["boundary", (p) => p.level === "subdistrict", "border"],
];

export class SketchMap {
  constructor(container, files) {
    this.container = container;
    this.files = files; // name -> GeoJSON
    this.dots = new Map();
    this.assets = [];
    this.ready = Promise.resolve();
  }

  aim(camera, project, unit) {
    this.project = project;
    this.unit = unit;
    const drawing = svg("svg", { class: "sketch", width: camera.width, height: camera.height, "aria-hidden": "true" });
    for (const [name, isDrawn, style] of SHAPES) {
      for (const feature of this.files[name].features) {
        if (!isDrawn(feature.properties)) continue;
        drawing.append(svg("path", { class: style, d: pathOf(feature.geometry, project) }));
      }
    }
    this.layer = svg("g");
    drawing.append(this.layer);
    this.container.replaceChildren(drawing);
    const looks = [...this.dots].map(([id, dot]) => [id, dot.dataset]);
    this.place(this.assets);
    for (const [id, look] of looks) this.show(id, look);
  }

  place(assets) {
    this.assets = assets;
    this.dots.clear();
    if (!this.layer) return;
    this.layer.replaceChildren();
    for (const asset of assets) {
      if (!Number.isFinite(asset.lon) || !Number.isFinite(asset.lat)) continue;
      const [cx, cy] = this.project(asset.lon, asset.lat);
      const dot = svg("circle", { class: "asset", cx, cy, r: (asset.kind === "streetlight" ? 3.4 : 6) * this.unit });
      this.dots.set(asset.id, dot);
      this.layer.append(dot);
    }
  }

  show(assetId, look) {
    const dot = this.dots.get(assetId);
    if (dot) Object.assign(dot.dataset, { sev: look.sev, age: look.age, off: look.off });
  }

  ground() {} // the community's ground stays as it is
}

const line = (points, project) => `M${points.map(([lon, lat]) => project(lon, lat).map((v) => v.toFixed(1)).join(" ")).join("L")}`;

function pathOf(geometry, project) {
  const { type, coordinates } = geometry;
  if (type === "LineString") return line(coordinates, project);
  if (type === "MultiLineString" || type === "Polygon") return coordinates.map((ring) => line(ring, project) + (type === "Polygon" ? "Z" : "")).join("");
  if (type === "MultiPolygon") return coordinates.flat().map((ring) => `${line(ring, project)}Z`).join("");
  return "";
}
