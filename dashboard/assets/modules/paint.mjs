// Writing into the page: text only ever as text, and only when it differs.

import { span, clockText, fill } from "./clock.mjs";
import { clockIcon } from "./shapes.mjs";

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setState(element, state) {
  if (element.dataset.state !== state) element.dataset.state = state;
}

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A value with its looks: fresh, late with its age, stale (hatched, with its age), lost (the value only after "last"). */
export class AgedText {
  constructor(place, words) {
    this.words = words;
    this.icon = clockIcon(words.data);
    this.age = element("span", "age");
    this.text = element("span", "value");
    place.classList.add("aged");
    place.append(this.icon, this.age, this.text);
    this.place = place;
  }

  show(value, at, now, state) {
    setState(this.place, state);
    const isLost = state === "lost";
    const old = state === "stale";
    this.icon.style.display = isLost || old ? "" : "none";
    setText(this.age, old ? fill(this.words.stale_age, { age: span(now - at, this.words) }) : "");
    setText(this.text, isLost ? this.words.missing : value);
    if (isLost) setText(this.age, at === null ? "" : fill(this.words.lost_short, { value }));
    this.place.title = isLost && at !== null ? fill(this.words.lost_value, { clock: clockText(at), value }) : "";
  }
}
