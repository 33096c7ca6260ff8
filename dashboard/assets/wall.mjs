// The wall's one beginning: waits for the frame that Dash draws, then paints it from the live feed for ever.

import { freshness, setFactors } from "./modules/age.mjs";
import { Counts, Worst } from "./modules/band.mjs";
import { clockText, fill } from "./modules/clock.mjs";
import { OpenList, People, Today } from "./modules/columns.mjs";
import { Alive, Now } from "./modules/header.mjs";
import { isWaiting } from "./modules/incidents.mjs";
import { Kiosk } from "./modules/kiosk.mjs";
import { Live } from "./modules/live.mjs";
import { lookOf, online, sameLook } from "./modules/looks.mjs";
import { fetchMap, StreetMap } from "./modules/map.mjs";
import { part, setText } from "./modules/paint.mjs";
import { Spotlight } from "./modules/spotlight.mjs";
import { Street } from "./modules/street.mjs";

const isCamera = (asset) => asset.kind === "camera" || asset.kind === "curb_camera";

class Wall {
  constructor(root, mapParts) {
    const words = JSON.parse(root.dataset.words);
    document.documentElement.lang = words.lang;
    setFactors(JSON.parse(root.dataset.factors));
    this.root = root;
    this.words = words;
    this.street = new Street();
    this.live = new Live();
    this.looks = new Map();
    this.feed = { state: "loading", since: null };
    this.alive = new Alive(root, words);
    this.now = new Now(root, words);
    this.worst = new Worst(root, words);
    this.counts = new Counts(root, words);
    this.today = new Today(root, words);
    this.list = new OpenList(root, words);
    this.people = new People(root, words);
    this.spotlight = new Spotlight(root, words);
    this.map = new StreetMap(root, words, this.looks, mapParts);
    this.kiosk = new Kiosk(root, () => location.reload());
  }

  start() {
    document.addEventListener("live:frame", ({ detail }) => this.take(detail));
    document.addEventListener("live:ping", ({ detail }) => this.ping(detail));
    this.live.start();
    this.map.start().then((communities) => {
      this.people.name(communities);
      this.paintCounts();
    });
    this.tick();
  }

  /** Paint what a frame moved, at once: nothing here waits for a timer. */
  take(frame) {
    const now = this.live.clock.now();
    const moved = this.street.take(frame);
    if (moved.figures.length || moved.full) this.now.paint(now, this.street.figures);
    if (moved.incidents || moved.full) this.paintIncidents(now);
    if (moved.full) this.placeAssets();
    for (const id of moved.assets) this.paintLook(this.street.assets.get(id), now);
    if (moved.counts || moved.full) this.paintCounts();
    if (frame.h || moved.full) this.paintAlive(now);
  }

  ping({ beat }) {
    if (beat) this.street.beat = beat;
    this.paintAlive(this.live.clock.now());
  }

  tick() {
    const now = this.live.clock.now();
    this.now.tick(now, this.street.figures);
    this.paintAlive(now);
    this.worst.tick(now);
    this.list.tick(now);
    if (this.spotlight.paint(now, this.street.incidents)) this.map.show([...this.street.incidents.values()]);
    for (const asset of this.street.assets.values()) this.paintLook(asset, now);
    this.paintAssetCounts();
    // a server that is away would leave an error page of the browser on the wall
    const mayReload = this.feed.state === "fresh" && ![...this.street.incidents.values()].some(isWaiting);
    this.kiosk.tick(now, mayReload);
    setTimeout(() => this.tick(), 1000 - ((now * 1000) % 1000) + 5);
  }

  paintAlive(now) {
    const [beat, link, linkSince] = this.street.beat ?? [null, 1, null];
    const { heard, polling } = this.live;
    const before = this.feed.state;
    this.feed = this.alive.paint(now, { heard, beat, link, linkSince, polling });
    this.root.dataset.feed = this.feed.state;
    const isLost = this.feed.state === "lost";
    const note = part(this.root, "map-lost");
    note.hidden = !isLost;
    if (isLost) setText(note, fill(this.words.lost_note, { clock: clockText(this.feed.since) }));
    if (this.feed.state !== before || isLost) this.paintCounts();
    if (isLost !== (before === "lost")) this.map.show([...this.street.incidents.values()]); // the banner takes room
  }

  paintIncidents(now) {
    const { incidents } = this.street;
    this.worst.paint(now, incidents);
    this.list.paint(now, incidents);
    this.spotlight.paint(now, incidents);
    this.map.show([...incidents.values()]);
  }

  placeAssets() {
    this.looks.clear();
    this.map.place(this.street.assets);
    for (const asset of this.street.assets.values()) this.paintLook(asset, this.live.clock.now());
  }

  paintLook(asset, now) {
    const look = lookOf(asset, now);
    if (sameLook(this.looks.get(asset.id), look)) return;
    this.looks.set(asset.id, look);
    this.map.look(asset.id, look);
  }

  paintCounts() {
    if (this.feed.state === "loading") return;
    const now = this.live.clock.now();
    this.countsState = this.feed.state === "lost" ? freshness(now - this.feed.since, null, "counts") : "fresh";
    this.counts.paint(this.street.counts, this.countsState);
    this.paintAssetCounts();
    if (this.street.counts.areas) this.map.open(this.street.counts.areas);
  }

  paintAssetCounts() {
    if (!this.countsState) return;
    const assets = [...this.street.assets.values()];
    this.today.paint(this.street.counts, this.countsState, online(assets, this.looks, isCamera));
    this.people.paint(this.street.counts, this.countsState, online(assets, this.looks));
  }
}

function whenDrawn(id) {
  return new Promise((resolve) => {
    const found = () => document.getElementById(id);
    if (found()) return resolve(found());
    const watch = new MutationObserver(() => found() && (watch.disconnect(), resolve(found())));
    watch.observe(document.documentElement, { childList: true, subtree: true });
  });
}

const mapParts = fetchMap();
whenDrawn("wall").then((root) => new Wall(root, mapParts).start());
