// What a wall that nobody touches for weeks needs: no cursor, no burnt-in edges, a dimmer night, a fresh page at night.

import { isNight, streetTime } from "./clock.mjs";

const SHIFT_EVERY_S = 600, SHIFT_PX = 4, IDLE_MS = 3000;
const SHIFTS = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]];
const RELOAD_HOUR = 4, RELOAD_SPREAD_MIN = 10;

export class Kiosk {
  constructor(root, reload) {
    this.root = root;
    this.reload = reload;
    this.opened = performance.now();
    this.reloadMinute = Math.floor(Math.random() * RELOAD_SPREAD_MIN);
    this.#hideCursor();
  }

  tick(now, mayReload) {
    document.documentElement.dataset.palette = isNight(now) ? "night" : "day";
    const [x, y] = SHIFTS[Math.floor(now / SHIFT_EVERY_S) % SHIFTS.length];
    const shift = x || y ? `translate(${x * SHIFT_PX}px, ${y * SHIFT_PX}px)` : "";
    if (this.root.style.transform !== shift) this.root.style.transform = shift;
    const { hour, minute } = streetTime(now);
    const isTime = hour === RELOAD_HOUR && minute >= this.reloadMinute && minute < RELOAD_SPREAD_MIN * 2;
    if (isTime && mayReload && performance.now() - this.opened > 3600_000) this.reload();
  }

  #hideCursor() {
    const hide = () => this.root.classList.add("idle");
    let timer = setTimeout(hide, IDLE_MS);
    addEventListener("mousemove", () => {
      this.root.classList.remove("idle");
      clearTimeout(timer);
      timer = setTimeout(hide, IDLE_MS);
    });
  }
}
