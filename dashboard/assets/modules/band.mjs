// W4 to W9: the one alarm to deal with, and how many are open at each severity.

import { isFlashing, worstWaiting } from "./incidents.mjs";
import { count, elapsed, fill, relative } from "./clock.mjs";
import { element, part, setState, setText } from "./paint.mjs";
import { severityShape } from "./shapes.mjs";
import { ems, placeOf, titleOf } from "./texts.mjs";

const LONG = 12; // ems that fit in one line of the larger size

export class Worst {
  constructor(root, words) {
    this.box = root.querySelector('[data-testid="w4"]');
    this.words = words;
    this.shape = element("div", "shape");
    this.title = element("div", "title");
    this.place = element("div", "place");
    this.detail = element("div", "detail");
    const lines = element("div", "lines");
    lines.append(this.title, this.place, this.detail);
    part(root, "worst").append(this.shape, lines);
  }

  paint(now, incidents) {
    const { worst, others } = worstWaiting(incidents.values());
    this.worst = worst;
    setState(this.box, worst ? "waiting" : "empty");
    this.box.dataset.sev = worst ? worst.sev : "";
    this.#paintShape(worst);
    this.others = others;
    if (worst) this.#show(worst, now);
    else this.#showNone(now, incidents);
  }

  tick(now) {
    if (this.worst) this.#detail(this.worst, now);
  }

  #paintShape(worst) {
    const wanted = worst ? `${worst.id} ${worst.sev} ${worst.state}` : "";
    if (this.shape.dataset.of === wanted) return;
    this.shape.dataset.of = wanted;
    this.shape.replaceChildren();
    if (!worst) return;
    const look = worst.state === "recovered" ? "hollow" : "solid";
    const shape = severityShape(worst.sev, this.words[`sev${worst.sev}`], look);
    shape.dataset.incident = worst.id;
    this.shape.append(shape);
    this.shape.classList.toggle("flash", isFlashing(worst));
  }

  #show(worst, now) {
    const title = titleOf(worst, this.words), place = placeOf(worst);
    const isLong = ems(`${title} ${place}`) > LONG; // then the place has a line of its own
    this.box.classList.toggle("long", isLong);
    setText(this.title, isLong ? title : `${title} ${place}`);
    setText(this.place, isLong ? place : "");
    this.title.title = title;
    this.place.title = place;
    this.#detail(worst, now);
  }

  #detail(worst, now) {
    const number = worst.no ? fill(this.words.number, { n: worst.no }) : "";
    const more = this.others ? `· ${fill(this.words.more, { n: this.others })}` : "";
    const text = [elapsed(now - worst.at, this.words), this.words[`state_${worst.state}`] ?? worst.state, number, more];
    setText(this.detail, text.filter(Boolean).join(" "));
  }

  #showNone(now, incidents) {
    let newest = null;
    for (const one of incidents.values()) if (newest === null || one.at > newest.at) newest = one;
    setText(this.title, this.words.none_waiting);
    setText(this.place, "");
    this.box.classList.remove("long");
    this.title.title = "";
    const places = newest && { at: relative(newest.at, now, this.words), title: titleOf(newest, this.words), place: placeOf(newest) };
    setText(this.detail, newest ? fill(this.words.newest, places) : this.words.none_open);
    this.detail.title = this.detail.textContent;
  }
}

export class Counts {
  constructor(root, words) {
    this.words = words;
    this.cells = [1, 2, 3, 4].map((severity) => {
      const box = root.querySelector(`[data-testid="w${severity + 4}"]`);
      const cell = { severity, box, shape: part(box, "shape"), name: part(box, "name"), count: part(box, "count") };
      this.#paintShape(cell, 0);
      return cell;
    });
  }

  paint(counts, state) {
    for (const cell of this.cells) {
      const n = counts[`s${cell.severity}`];
      const text = count(n, this.words);
      const isLost = state === "lost";
      cell.count.classList.toggle("long", text.length > 3);
      setText(cell.count, isLost ? this.words.missing : text);
      setText(cell.name, isLost ? fill(this.words.lost_short, { value: text }) : this.words[`sev${cell.severity}`]);
      setState(cell.box, n ? state : `${state} none`);
      this.#paintShape(cell, n);
    }
  }

  #paintShape(cell, n) {
    const look = n ? "solid" : "none";
    if (cell.look === look) return;
    cell.look = look;
    cell.shape.replaceChildren(severityShape(cell.severity, this.words[`sev${cell.severity}`], look));
  }
}
