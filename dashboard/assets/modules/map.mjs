// W11: base map, assets and incidents under one camera that only a hand or a change of the wall's size ever moves.

import { AssetCanvas } from "./asset_map.mjs";
import { wallStyle } from "./base_map.mjs";
import { extent, fit, moved, projection } from "./camera.mjs";
import { Hand } from "./hand.mjs";
import { Markers } from "./markers.mjs";
import { part } from "./paint.mjs";
import { SketchMap } from "./sketch_map.mjs";
import { shortName } from "./texts.mjs";
import { arcMinute, tokens } from "./tokens.mjs";

const MAPLIBRE = "/vendor/maplibre-gl/";
const EDGE = 12; // minutes of arc between the subdistrict and the box's edge
const CARD = 205; // minutes of arc: the card's width in wall.css
const NOTE = 32; // minutes of arc: the line below that says what map this is
const NAMES = 100; // minutes of arc: room for the communities' names on the right
const json = async (name) => (await fetch(`/geo/${name}`)).json();

/** Fetch what the map is made of, before there is a place to draw it in: all of it travels while Dash starts. */
export function fetchMap() {
  const files = Object.fromEntries(["boundary.geojson", "communities.geojson", "style.json"].map((name) => [name, json(name)]));
  return { library: hasWebGL() ? fetchLibrary() : null, files };
}

async function fetchLibrary() {
  const [library] = await Promise.all([import(`${MAPLIBRE}maplibre-gl.mjs`), styleSheet(`${MAPLIBRE}maplibre-gl.css`)]);
  library.prewarm();
  return library;
}

export class StreetMap {
  /** `looks` (asset id -> look) is kept by the wall; the map reads it when it must draw everything again. */
  constructor(root, words, looks, { library, files }) {
    this.library = library;
    this.files = files;
    this.root = root;
    this.words = words;
    this.looks = looks;
    this.box = root.querySelector('[data-testid="w11"]');
    this.card = root.querySelector('[data-testid="w12"]');
    this.markers = new Markers(root, words);
    this.incidents = [];
    this.assets = new Map();
  }

  /** Draw the map; resolves to the communities as [[id, name], …] from north to south. */
  async start() {
    const [boundary, communities] = await Promise.all([this.files["boundary.geojson"], this.files["communities.geojson"]]);
    const subdistrict = boundary.features.find((feature) => feature.properties.level === "subdistrict");
    this.ground = extent(subdistrict.geometry.coordinates);
    this.border = subdistrict.geometry;
    this.communities = communities.features;
    this.#look();
    this.show(this.incidents);
    this.drawn = this.library ? this.#canvases() : this.#sketch({ boundary, communities });
    this.drawn.then(() => new ResizeObserver(() => this.#aim()).observe(this.box));
    return communities.features
      .map(({ properties, geometry }) => [properties.id, shortName(properties, this.words), extent(geometry.coordinates)[3]])
      .sort((a, b) => b[2] - a[2]);
  }

  #look() {
    const { clientWidth: width, clientHeight: height } = this.box;
    this.unit = arcMinute(this.root);
    const edge = EDGE * this.unit;
    // the card lies on the sea, left of the street: the street makes room for it
    const left = Math.min(this.card.offsetLeft + CARD * this.unit + edge, width / 2);
    this.camera = fit(this.ground, { width, height }, { left, right: NAMES * this.unit, top: edge, bottom: NOTE * this.unit });
    this.project = projection(this.camera);
  }

  async #canvases() {
    const [maplibre, style] = await Promise.all([this.library, this.files["style.json"]]);
    const token = tokens(this.root);
    this.base = new maplibre.Map({
      container: part(this.root, "map-base"), style: wallStyle(style, this.unit, token, this.words, this.border, this.communities),
      center: this.camera.center, zoom: this.camera.zoom, localIdeographFontFamily: token("font"),
      interactive: false, attributionControl: false, validateStyle: false, fadeDuration: 0, maxPitch: 0, trackResize: false,
    });
    const canvas = new AssetCanvas(maplibre, part(this.root, "map-assets"), this.camera, this.unit, token, this.communities);
    await Promise.all([canvas.ready, new Promise((resolve) => this.base.once("load", resolve))]);
    this.#begin(canvas);
  }

  async #sketch(files) {
    const more = await Promise.all(["coast", "green", "streets"].map(async (name) => [name, await json(`${name}.geojson`)]));
    const sketch = new SketchMap(part(this.root, "map-sketch"), { ...files, ...Object.fromEntries(more) });
    sketch.aim(this.camera, this.project, this.unit);
    this.#begin(sketch);
  }

  #begin(canvas) {
    this.canvas = canvas;
    this.place(this.assets);
    this.show(this.incidents);
    if (this.areas) this.open(this.areas);
    this.box.dataset.map = this.base ? "webgl" : "sketch";
    new Hand(this.box, this.box.querySelectorAll(".layer"), {
      settle: (dx, dy) => {
        this.camera = moved(this.camera, dx, dy);
        this.project = projection(this.camera);
        this.#draw();
      },
      home: () => {
        this.#look();
        this.#draw();
      },
    });
  }

  #aim() {
    if (this.box.clientWidth === this.camera.width && this.box.clientHeight === this.camera.height) return;
    this.#look();
    this.base?.resize();
    this.#draw();
  }

  // At once, not with the next frame: what moved under the hand is put back in the same moment.
  #draw() {
    this.base?.jumpTo({ center: this.camera.center, zoom: this.camera.zoom });
    this.base?.redraw();
    this.canvas.aim(this.camera, this.project, this.unit);
    this.show(this.incidents);
  }

  place(assets) {
    this.assets = assets;
    this.canvas?.place([...assets.values()]);
    if (this.canvas) for (const [id, look] of this.looks) this.canvas.show(id, look);
  }

  look(assetId, look) {
    this.canvas?.show(assetId, look);
  }

  /** Ground the communities by their open incidents. */
  open(areas) {
    this.areas = areas;
    this.canvas?.ground(areas);
  }

  show(incidents) {
    this.incidents = incidents;
    if (!this.project) return;
    this.markers.show(incidents, (incident) => this.#where(incident), this.camera, this.unit, this.#obstacles());
  }

  #where(incident) {
    const at = Number.isFinite(incident.lon) ? incident : this.assets.get(incident.asset);
    return Number.isFinite(at?.lon) && Number.isFinite(at?.lat) ? this.project(at.lon, at.lat) : null;
  }

  // What lies over the map: the card, the line that says what map it is, and the banner while there is no data.
  #obstacles() {
    return [this.card, ...this.box.querySelectorAll(":scope > p:not([hidden])")].map((over) => {
      const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = over;
      return { left, top, right: left + width, bottom: top + height };
    });
  }
}

function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

function styleSheet(href) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}
