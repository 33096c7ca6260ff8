// How old a value is, and what that means. Ages are seconds on the server's clock.

export const FRESH = "fresh", LATE = "late", STALE = "stale", LOST = "lost";

// Multiples of the interval at which something should be heard: late, stale, lost. The page says what is configured.
let factors = [1.5, 3, 10];
export const setFactors = (configured) => { factors = configured; };

// Where no interval is known: [late, stale, lost] in seconds.
const UNKNOWN = { sensor: [60, 180, 600], weather: [1800, 7200, 21600], counts: [60, 300, 1800] };

/** Fresh, late, stale or lost; what was never heard is lost. `every` is the expected interval, null if unknown. */
export function freshness(age, every, source = "sensor") {
  if (age === null || !Number.isFinite(age)) return LOST;
  const [late, stale, lost] = every > 0 ? factors.map((factor) => factor * every) : UNKNOWN[source];
  if (age > lost) return LOST;
  if (age > stale) return STALE;
  return age > late ? LATE : FRESH;
}

// Without a ping, or with ingest's heart silent, for so long: no data. Half a second under the five that are promised.
export const PATIENCE_S = 4.5;

/**
 * The state of the whole feed and since when it has been so.
 * `heard` is when the server was last heard, `beat` ingest's last heartbeat, `link` [connected, since] to the broker.
 */
export function feed({ now, heard, beat, link, linkSince, polling }) {
  if (heard === null) return { state: "loading", since: null };
  if (now - heard > PATIENCE_S) return { state: LOST, since: heard };
  if (beat === null || now - beat > PATIENCE_S) return { state: LOST, since: beat ?? heard };
  if (!link) return { state: LOST, since: linkSince ?? beat };
  if (polling || now - heard > PATIENCE_S - 1.5) return { state: "delayed", since: heard };
  return { state: FRESH, since: beat };
}

/** The server's clock, read from its stamps; steps of this machine's clock don't move it. */
export class ServerClock {
  #offset = null;

  constructor(monotonic = () => performance.now() / 1000, wall = () => Date.now() / 1000) {
    this.monotonic = monotonic;
    this.wall = wall;
  }

  /** Learn from one stamp. A stamp is late by its way here, so a later reading is believed only when it leads. */
  learn(serverNow) {
    const offset = serverNow - this.monotonic();
    const ahead = this.#offset === null ? Infinity : offset - this.#offset;
    if (ahead > 0 || ahead < -1) this.#offset = offset;
  }

  now() {
    return this.#offset === null ? this.wall() : this.#offset + this.monotonic();
  }
}
