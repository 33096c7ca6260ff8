// The map under a hand: what is drawn already follows at once, whatever the feed brings meanwhile, and where it is let
// go the map is drawn anew. A wall that nobody touches shows its whole street again.

const MEANT = 4; // pixels: a hand that moves less has only touched
const HOME_MS = 60_000;

export class Hand {
  /** `layers` are moved; `settle(dx, dy)` draws the map so far to the side, `home()` where it belongs. */
  constructor(box, layers, { settle, home }) {
    Object.assign(this, { box, layers, settle, home, from: null, isHome: true });
    box.addEventListener("pointerdown", (event) => this.#take(event));
    box.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, (event) => this.#release(event));
    box.addEventListener("dblclick", () => this.#goHome());
  }

  #take(event) {
    if (!event.isPrimary || event.button !== 0) return;
    this.from = { id: event.pointerId, x: event.clientX, y: event.clientY, dx: 0, dy: 0, isMeant: false };
  }

  #move({ pointerId, clientX, clientY }) {
    const { from } = this;
    if (from?.id !== pointerId) return;
    Object.assign(from, { dx: clientX - from.x, dy: clientY - from.y });
    if (!from.isMeant && Math.hypot(from.dx, from.dy) < MEANT) return;
    if (!from.isMeant) this.box.setPointerCapture(pointerId);
    from.isMeant = true;
    this.#shift(`translate(${from.dx}px, ${from.dy}px)`);
  }

  #release({ pointerId }) {
    const { from } = this;
    if (from?.id !== pointerId) return;
    this.from = null;
    if (!from.isMeant) return;
    this.settle(from.dx, from.dy);
    this.#shift("");
    this.isHome = false;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#goHome(), HOME_MS);
  }

  #goHome() {
    clearTimeout(this.waiting);
    if (!this.isHome) this.home();
    this.isHome = true;
  }

  #shift(transform) {
    for (const layer of this.layers) layer.style.transform = transform;
  }
}
