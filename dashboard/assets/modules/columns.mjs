// W10, W13, W14: today's funnel, the open incidents by page, officers and communities and assets.

import { byUrgency, isFlashing, isWaiting, pageOf, ROWS } from "./incidents.mjs";
import { count, elapsed, fill } from "./clock.mjs";
import { element, part, setState, setText } from "./paint.mjs";
import { severityShape } from "./shapes.mjs";
import { ems, placeOf, titleOf } from "./texts.mjs";

const FUNNEL = ["reported", "filed", "dispatched", "handled", "closed"];
const PAGE_S = 12;
const LONG = 6; // ems of a title that fit in one line of the larger size

export class Today {
  constructor(root, words) {
    this.words = words;
    this.box = root.querySelector('[data-testid="w10"]');
    this.values = FUNNEL.map((step) => [step, part(root, `today-${step}`)]);
    this.cameras = part(root, "cameras");
  }

  paint(counts, state, cameras) {
    setState(this.box, state);
    for (const [step, place] of this.values) {
      const n = counts[step];
      const isUnfed = n === null || (n === undefined && step !== "reported");
      place.classList.toggle("unfed", isUnfed);
      setText(place, isUnfed ? this.words.not_connected : this.#aged(count(n, this.words), state));
    }
    setText(this.cameras, this.#aged(cameras.all ? `${cameras.online}/${cameras.all}` : this.words.missing, state));
  }

  #aged(text, state) {
    return state === "lost" ? `${this.words.missing} ${fill(this.words.lost_short, { value: text })}` : text;
  }
}

export class OpenList {
  constructor(root, words) {
    this.words = words;
    this.box = root.querySelector('[data-testid="w13"]');
    this.head = part(root, "open-head");
    this.label = part(root, "open-page");
    this.places = { steady: part(root, "open-shapes"), flashing: part(root, "open-flash") };
    this.rows = Array.from({ length: ROWS }, () => this.#row());
    part(root, "open-rows").append(...this.rows.map((row) => row.element));
    this.page = 0;
    this.sorted = [];
    this.turned = performance.now();
  }

  paint(now, incidents) {
    this.sorted = [...incidents.values()].sort(byUrgency);
    this.#show(now);
  }

  tick(now) {
    const hold = this.sorted.some((one) => one.sev === 1 && isWaiting(one));
    const due = performance.now() - this.turned >= PAGE_S * 1000 - 40;
    if (hold) this.turned = performance.now();
    if (hold && this.page !== 0) this.#turn(0, now);
    else if (due && !hold) this.#turn(this.page + 1, now);
    else for (const row of this.rows) if (row.incident) setText(row.elapsed, elapsed(now - row.incident.at, this.words));
  }

  #turn(page, now) {
    this.turned = performance.now();
    this.page = page;
    this.#show(now);
  }

  #show(now) {
    const hold = this.sorted.some((one) => one.sev === 1 && isWaiting(one));
    const { page, pages, rows } = pageOf(this.sorted, hold ? 0 : this.page);
    this.page = page;
    const isEmpty = this.sorted.length === 0;
    setState(this.box, isEmpty ? "empty" : "fresh");
    setText(this.head, isEmpty ? this.words.none_open : fill(this.words.open_head, { n: count(this.sorted.length, this.words) }));
    setText(this.label, isEmpty ? "" : fill(this.words.page, { page: page + 1, pages }));
    this.rows.forEach((row, n) => this.#paintRow(row, rows[n], n, now));
  }

  #row() {
    const row = { element: element("div", "open"), title: element("div", "title"), place: element("div", "place"), incident: null };
    row.elapsed = element("div", "elapsed");
    row.state = element("div", "state");
    const what = element("div", "what");
    const since = element("div", "since");
    what.append(row.title, row.place);
    since.append(row.elapsed, row.state);
    row.element.append(what, since);
    row.element.hidden = true;
    return row;
  }

  #paintRow(row, incident, n, now) {
    const isNew = incident && row.incident?.id !== incident.id;
    row.incident = incident ?? null;
    row.element.hidden = !incident;
    this.#paintShape(row, incident, n);
    if (!incident) return;
    row.element.dataset.incident = incident.id;
    row.element.dataset.sev = incident.sev;
    row.element.classList.toggle("waiting", isWaiting(incident));
    const title = titleOf(incident, this.words);
    setText(row.title, title);
    row.title.title = title;
    row.title.classList.toggle("long", ems(title) > LONG);
    setText(row.place, placeOf(incident));
    row.place.title = placeOf(incident);
    setText(row.elapsed, elapsed(now - incident.at, this.words));
    setText(row.state, this.words[`state_${incident.state}`] ?? incident.state);
    if (isNew && now - incident.at < 10) freshen(row.element);
  }

  // Shapes lie in two sheets over the rows, one of which flashes: one animation however many flash, never any text.
  #paintShape(row, incident, n) {
    const wanted = incident ? `${incident.id} ${incident.sev} ${incident.state}` : "";
    if (row.shapeOf === wanted) return;
    row.shapeOf = wanted;
    row.shape?.remove();
    row.shape = null;
    if (incident) {
      const look = incident.state === "recovered" ? "hollow" : "solid";
      row.shape = severityShape(incident.sev, this.words[`sev${incident.sev}`], look);
      row.shape.dataset.incident = incident.id;
      row.shape.style.gridRow = String(n + 1);
      (isFlashing(incident) ? this.places.flashing : this.places.steady).append(row.shape);
    }
    this.places.flashing.classList.toggle("flash", this.places.flashing.childElementCount > 0);
  }
}

function freshen(row) {
  row.classList.add("new");
  setTimeout(() => row.classList.remove("new"), 2000);
}

export class People {
  constructor(root, words) {
    this.words = words;
    this.box = root.querySelector('[data-testid="w14"]');
    this.places = part(root, "communities");
    this.assets = part(root, "assets");
    this.counts = new Map();
  }

  /** Name the communities, in the map's order: [[id, name], …]. */
  name(communities) {
    this.places.replaceChildren();
    for (const [id, name] of communities) {
      const pair = element("span", "pair");
      const figure = element("b");
      pair.append(element("span", "", name), figure);
      this.places.append(pair);
      this.counts.set(id, figure);
    }
  }

  paint(counts, state, assets) {
    setState(this.box, state);
    const isLost = state === "lost";
    for (const [id, figure] of this.counts) {
      setText(figure, isLost || !counts.areas ? this.words.missing : count(counts.areas[id] ?? 0, this.words));
    }
    setText(this.assets, isLost ? this.words.missing : `${count(assets.online, this.words)}/${count(assets.all, this.words)}`);
  }
}
