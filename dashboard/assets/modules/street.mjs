// What the page knows of the street: the latest state, fed by snapshots and deltas of the live feed.

export class Street {
  constructor() {
    this.assets = new Map(); // id -> {id, kind, name, lon, lat, every, at, code}
    this.figures = new Map(); // name -> [value, at, every]
    this.incidents = new Map(); // id -> {id, no, sev, title, title_en, place, at, state, lon, lat, asset, area, source}
    this.counts = {};
    this.beat = null; // [at, link, since]
  }

  /** Take a frame; say what moved: {assets: ids, figures: names, incidents: bool, counts: bool, full: bool}. */
  take(frame) {
    const full = frame.full === 1;
    if (full) this.#forget(frame);
    const moved = { full, assets: [], figures: [], incidents: false, counts: false };
    for (const [id, [at, code]] of Object.entries(frame.a ?? {})) {
      const asset = this.assets.get(id);
      if (!asset) continue;
      asset.at = at;
      asset.code = code;
      moved.assets.push(id);
    }
    for (const [name, figure] of Object.entries(frame.f ?? {})) {
      this.figures.set(name, figure);
      moved.figures.push(name);
    }
    moved.incidents = this.#takeIncidents(frame.i);
    if (frame.c) {
      Object.assign(this.counts, frame.c);
      moved.counts = true;
    }
    if (frame.h) this.beat = frame.h;
    return moved;
  }

  #forget(frame) {
    this.assets.clear();
    this.figures.clear();
    this.incidents.clear();
    this.counts = {};
    for (const [id, asset] of Object.entries(frame.assets ?? {})) this.assets.set(id, { id, at: null, code: 0, ...asset });
  }

  #takeIncidents(incidents) {
    if (!incidents) return false;
    for (const [id, incident] of Object.entries(incidents)) {
      if (incident === null) this.incidents.delete(id);
      else this.incidents.set(id, { id, ...incident });
    }
    return true;
  }
}
