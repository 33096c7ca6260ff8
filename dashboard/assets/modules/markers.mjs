// Incidents over the map: shapes in the DOM, never hidden by one another, by a label or by the card.

import { fill } from "./clock.mjs";
import { isFlashing } from "./incidents.mjs";
import { element, part, setText } from "./paint.mjs";
import { gather, spread } from "./placing.mjs";
import { severityShape, svg } from "./shapes.mjs";
import { ems, placeOf, titleOf } from "./texts.mjs";

const SIZE = 40; // minutes of arc
const CLUSTER = 72; // of a shape with its count below
const LABEL = { height: 34, em: 24.5, pad: 8 };

export class Markers {
  constructor(root, words) {
    this.words = words;
    this.layers = { labels: part(root, "map-labels"), steady: part(root, "map-markers"), flashing: part(root, "map-flash") };
    this.shown = new Map(); // incident id -> {shape, key}
    this.labels = [];
  }

  /** Show these incidents. `where` gives an incident's [x, y] or null; `obstacles` are boxes no marker may lie under. */
  show(incidents, where, camera, unit, obstacles) {
    const size = SIZE * unit;
    const spots = [];
    for (const incident of incidents) {
      const at = where(incident);
      if (at) spots.push({ id: incident.id, incident, x: at[0], y: at[1] });
    }
    const groups = gather(spots, CLUSTER * unit);
    const isGathered = groups.length < spots.length;
    const labelOf = ({ incident, count }) => (incident.sev === 1 && count === 1 ? this.#labelSize(titleOf(incident, this.words), unit) : null);
    const placed = spread(groups, (isGathered ? CLUSTER : SIZE) * unit, camera, obstacles, labelOf);
    const gone = new Set(this.shown.keys());
    for (const marker of placed) {
      gone.delete(marker.incident.id);
      this.#paint(marker, size);
    }
    for (const id of gone) {
      this.shown.get(id).shape.remove();
      this.shown.delete(id);
    }
    this.layers.flashing.classList.toggle("flash", this.layers.flashing.childElementCount > 0);
    this.#paintLabels(placed, camera, unit);
  }

  #paint({ incident, count, px, py }, size) {
    const key = `${incident.sev} ${incident.state} ${count}`;
    let shown = this.shown.get(incident.id);
    if (!shown || shown.key !== key) {
      shown?.shape.remove();
      shown = { key, shape: this.#shape(incident, count) };
      this.shown.set(incident.id, shown);
      (isFlashing(incident) ? this.layers.flashing : this.layers.steady).append(shown.shape);
    }
    const { style } = shown.shape;
    style.left = `${(px - size / 2).toFixed(1)}px`;
    style.top = `${(py - size / 2).toFixed(1)}px`;
    style.zIndex = String(5 - incident.sev);
  }

  #shape(incident, count) {
    const severity = this.words[`sev${incident.sev}`];
    const state = this.words[`state_${incident.state}`] ?? incident.state;
    const one = { severity, title: titleOf(incident, this.words), place: placeOf(incident), state };
    const label = count > 1 ? fill(this.words.cluster, { n: count, severity }) : fill(this.words.marker, one);
    const shape = severityShape(incident.sev, label, incident.state === "recovered" ? "hollow" : "solid");
    shape.classList.add("marker");
    shape.dataset.incident = incident.id;
    shape.dataset.count = count;
    return shape;
  }

  #labelSize(text, unit) {
    return { width: (ems(text) * LABEL.em + LABEL.pad) * unit, height: LABEL.height * unit };
  }

  #paintLabels(placed, camera, unit) {
    const half = (SIZE * unit) / 2;
    const lines = svg("svg", { class: "leaders", width: camera.width, height: camera.height, "aria-hidden": "true" });
    const made = [lines];
    for (const marker of placed) {
      if (Math.hypot(marker.px - marker.x, marker.py - marker.y) > half / 2) {
        lines.append(svg("line", { x1: marker.x, y1: marker.y, x2: marker.px, y2: marker.py }));
        lines.append(svg("circle", { cx: marker.x, cy: marker.y, r: 3 * unit }));
      }
      const label = this.#label(marker, unit);
      if (label) made.push(label);
    }
    this.layers.labels.replaceChildren(...made);
  }

  // Level 1 by name, where there was room; a cluster by its count, for which it was given room.
  #label({ incident, count, label, px, py }, unit) {
    const isCluster = count > 1;
    if (!label && !isCluster) return null;
    const text = isCluster ? String(count) : titleOf(incident, this.words);
    const size = this.#labelSize(text, unit);
    const { left, top } = label ?? { left: px - size.width / 2, top: py + (SIZE * unit) / 2 };
    const made = element("div", isCluster ? "count" : "name");
    setText(made, text);
    Object.assign(made.style, { left: `${left}px`, top: `${top}px`, width: `${size.width}px`, height: `${size.height}px` });
    return made;
  }
}
