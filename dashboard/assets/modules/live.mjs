// The live feed: one EventSource with resume, a watchdog, capped back-off, polling when it keeps failing.
// Frames leave as events of the document: live:frame {frame}, live:ping, live:state.

import { ServerClock } from "./age.mjs";

const QUIET_S = 5.5; // pings come every 2 s: this long without any means a dead line or a frozen server
const FIRST_WAIT_S = 0.4, LONGEST_WAIT_S = 1.5;
const POLL_AFTER = 3, POLL_EVERY_S = 2;

export class Live {
  constructor({ stream = "/stream", snapshot = "/api/snapshot", reload = () => location.reload(), leave = toSignIn } = {}) {
    this.urls = { stream, snapshot };
    this.reload = reload;
    this.leave = leave;
    this.clock = new ServerClock();
    this.heard = null; // server seconds when the server last said anything
    this.polling = false;
    this.last = "";
    this.build = null;
    this.failures = 0;
    this.quietSince = performance.now();
  }

  start() {
    this.#open();
    setInterval(() => this.#watch(), 250);
    addEventListener("pageshow", (event) => event.persisted && this.#open());
  }

  #open() {
    clearTimeout(this.reopening);
    this.source?.close();
    this.quietSince = performance.now();
    const source = new EventSource(`${this.urls.stream}?last=${encodeURIComponent(this.last)}`);
    this.source = source;
    const on = (name, take) =>
      source.addEventListener(name, (event) => {
        if (event.lastEventId) this.last = event.lastEventId;
        this.#alive();
        take(JSON.parse(event.data));
      });
    on("hello", (hello) => this.#hello(hello));
    on("snapshot", (frame) => this.#frame({ ...frame, full: 1 }));
    on("message", (frame) => this.#frame(frame));
    on("ping", (ping) => this.#ping(ping));
    on("bye", () => this.leave());
    source.onerror = () => source === this.source && this.#again();
  }

  #alive() {
    this.failures = 0;
    this.polling = false;
    this.quietSince = performance.now();
  }

  #hello({ build, now }) {
    this.clock.learn(now);
    this.heard = this.clock.now();
    if (this.build !== null && build !== this.build) setTimeout(this.reload, Math.random() * 3000);
    this.build = build;
    emit("ping", {});
  }

  #ping([now, beat, link, since]) {
    this.clock.learn(now);
    this.heard = this.clock.now();
    emit("ping", { beat: [beat, link, since] });
  }

  #frame(frame) {
    if (frame.now) this.clock.learn(frame.now);
    this.heard = this.clock.now();
    emit("frame", frame);
  }

  // A browser retries by itself after a broken line but never after an HTTP error: we always do it ourselves.
  #again() {
    const wasAnswered = this.source.readyState === EventSource.CLOSED; // an HTTP error: is the session over?
    this.source.close();
    this.failures += 1;
    const wait = Math.min(FIRST_WAIT_S * 1.6 ** (this.failures - 1), LONGEST_WAIT_S) * (0.8 + 0.4 * Math.random());
    clearTimeout(this.reopening);
    this.reopening = setTimeout(() => this.#open(), wait * 1000);
    this.quietSince = performance.now();
    if (wasAnswered || this.failures >= POLL_AFTER) this.#poll();
  }

  #watch() {
    emit("ping", {});
    if (performance.now() - this.quietSince > QUIET_S * 1000) this.#again();
  }

  async #poll() {
    if (this.asking || performance.now() - (this.polledAt ?? -Infinity) < POLL_EVERY_S * 1000) return;
    this.asking = true;
    this.polledAt = performance.now();
    try {
      const answer = await fetch(this.urls.snapshot, { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (answer.status === 401) this.leave();
      if (answer.ok) {
        const frame = await answer.json();
        this.polling = true;
        this.#frame({ ...frame, full: 1 });
        setTimeout(() => this.failures >= POLL_AFTER && this.#poll(), POLL_EVERY_S * 1000 + 50);
      }
    } catch {
      // the server is away: the next attempt to open the stream polls again
    } finally {
      this.asking = false;
    }
  }
}

/** Without a session there is nothing to see here; after signing in, the same page comes back. */
function toSignIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function emit(name, detail) {
  document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
}
