// W1 and W3: is the data alive, what day and time is it, what is the weather.

import { feed, freshness } from "./age.mjs";
import { clockText, dateText, fill, span, weekdayText } from "./clock.mjs";
import { AgedText, part, setState, setText } from "./paint.mjs";

const STILL_LOADING_S = 5;
const BEAUFORT = [0.3, 1.6, 3.4, 5.5, 8, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7]; // m/s at which each force begins
const tenths = (value) => (Math.round(value * 10) / 10).toFixed(1);
const FIGURES = { temperature: tenths, rain: tenths, wind: (speed) => String(BEAUFORT.filter((from) => speed >= from).length) };

export class Alive {
  constructor(root, words) {
    this.box = root.querySelector('[data-testid="w1"]');
    this.text = part(root, "alive");
    this.words = words;
    this.opened = performance.now();
  }

  /** Paint and return the feed's state: loading, fresh, delayed, lost. */
  paint(now, seen) {
    const { state, since } = feed({ now, ...seen });
    setState(this.box, state);
    setText(this.text, this.#say(state, since, now));
    return { state, since };
  }

  #say(state, since, now) {
    const age = span(now - since, this.words);
    if (state === "lost") return fill(this.words.lost, { clock: clockText(since) });
    if (state === "delayed") return fill(this.words.delayed, { age });
    if (state === "fresh") return fill(this.words.live, { age });
    const waited = Math.floor((performance.now() - this.opened) / 1000);
    return waited < STILL_LOADING_S ? this.words.loading : fill(this.words.still_loading, { s: waited });
  }
}

export class Now {
  constructor(root, words) {
    this.words = words;
    this.date = part(root, "date");
    this.weekday = part(root, "weekday");
    this.clock = part(root, "clock");
    this.weather = ["temperature", "wind"].map((name) => ({ name, aged: new AgedText(addSpan(part(root, "weather")), words) }));
  }

  tick(now, figures) {
    setText(this.clock, clockText(now));
    this.clock.dateTime = new Date(now * 1000).toISOString();
    setText(this.date, dateText(now, this.words));
    setText(this.weekday, weekdayText(now, this.words));
    this.paint(now, figures);
  }

  paint(now, figures) {
    for (const { name, aged } of this.weather) {
      const [value, at, every] = this.#figure(name, figures);
      aged.place.hidden = value === undefined;
      if (value === undefined) continue;
      aged.place.dataset.figure = value.name;
      aged.show(value.text, at, now, freshness(at === null ? null : now - at, every, "weather"));
    }
  }

  // Rain takes the wind's place while it falls: there is room for two figures.
  #figure(name, figures) {
    const rain = figures.get("rain");
    const shown = name === "wind" && rain && rain[0] > 0 ? "rain" : name;
    const figure = figures.get(shown);
    if (!figure) return [];
    const [value, at, every] = figure;
    const text = value === null ? this.words.missing : fill(this.words[shown], { value: FIGURES[shown](value) });
    return [{ name: shown, text }, at, every];
  }
}

function addSpan(place) {
  const made = document.createElement("span");
  place.append(made);
  return made;
}
