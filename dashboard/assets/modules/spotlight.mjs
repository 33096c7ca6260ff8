// W12: the newest alarm of severity 1 or 2 for its first minute; between them, what the map's signs mean.

import { elapsed, fill } from "./clock.mjs";
import { RINGS } from "./icons.mjs";
import { inSpotlight } from "./incidents.mjs";
import { element, part, setState, setText } from "./paint.mjs";
import { severityShape, svg } from "./shapes.mjs";
import { ems, placeOf, titleOf } from "./texts.mjs";

const LONG = 12; // ems of a title that fit in two lines of the larger size
const SIGNS = ["fresh", "alarm", "stale", "lost", "offline"];

export class Spotlight {
  constructor(root, words) {
    this.box = root.querySelector('[data-testid="w12"]');
    this.words = words;
    this.legend = element("ul", "legend");
    this.legend.append(...SIGNS.map((sign) => this.#sign(sign)));
    this.shape = element("div", "shape");
    this.title = element("div", "title");
    this.place = element("div", "place");
    this.detail = element("div", "detail");
    const lines = element("div", "lines");
    lines.append(this.title, this.place);
    const head = element("div", "head-line");
    head.append(this.shape, this.detail);
    this.card = element("div", "card");
    this.card.append(head, lines);
    part(root, "spotlight").append(this.legend, this.card);
    this.paint(0, new Map());
  }

  /** Paint, and say whether what is in the spotlight changed. */
  paint(now, incidents) {
    const one = inSpotlight(incidents.values(), now);
    this.card.hidden = !one;
    this.legend.hidden = Boolean(one);
    setState(this.box, one ? "alarm" : "legend");
    this.box.setAttribute("aria-label", one ? this.words.spotlight : this.words.legend);
    if (one) this.#show(one, now);
    const isOther = this.shown !== one?.id;
    this.shown = one?.id;
    return isOther;
  }

  #show(one, now) {
    if (this.shape.dataset.of !== `${one.id} ${one.sev}`) {
      this.shape.dataset.of = `${one.id} ${one.sev}`;
      this.shape.replaceChildren(severityShape(one.sev, this.words[`sev${one.sev}`]));
    }
    const title = titleOf(one, this.words);
    setText(this.title, title);
    this.title.title = title;
    this.place.title = placeOf(one);
    this.title.classList.toggle("long", ems(title) > LONG);
    setText(this.place, placeOf(one));
    const number = one.no ? fill(this.words.number, { n: one.no }) : "";
    setText(this.detail, `${number} ${elapsed(now - one.at, this.words)}`.trim());
  }

  #sign(sign) {
    const item = element("li");
    const picture = svg("svg", { class: `sign ${sign}`, viewBox: "0 0 96 96", "aria-hidden": "true" });
    if (sign in RINGS) picture.append(ringOf(sign));
    else picture.append(svg("circle", { class: "halo", cx: 48, cy: 48, r: 47 }), svg("circle", { class: "disc", cx: 48, cy: 48, r: 30 }));
    item.append(picture, element("span", "", this.words[`legend_${sign}`]));
    return item;
  }
}

function ringOf(sign) {
  const drawn = new DOMParser().parseFromString(RINGS[sign]("currentColor"), "image/svg+xml").documentElement;
  const group = svg("g");
  group.append(...[...drawn.childNodes].map((child) => document.importNode(child, true)));
  return group;
}
