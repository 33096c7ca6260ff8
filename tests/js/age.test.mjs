import assert from "node:assert/strict";
import { test } from "node:test";

import { feed, freshness, ServerClock, setFactors } from "../../dashboard/assets/modules/age.mjs";

for (const [age, every, source, state] of [
  [90, 60, "sensor", "fresh"], [90.1, 60, "sensor", "late"], [180.1, 60, "sensor", "stale"], [600, 60, "sensor", "stale"],
  [600.1, 60, "sensor", "lost"], [3600, 3600, "sensor", "fresh"], [60, null, "sensor", "fresh"], [61, null, "sensor", "late"],
  [181, null, "sensor", "stale"], [601, null, "sensor", "lost"], [7201, null, "weather", "stale"], [7201, 60, "weather", "lost"],
  [301, null, "counts", "stale"], [1801, null, "counts", "lost"], [null, 60, "sensor", "lost"], [-3, 60, "sensor", "fresh"],
  [61, 0, "sensor", "late"],
]) {
  test(`${age} s old at one every ${every} s (${source}) is ${state}`, () => assert.equal(freshness(age, every, source), state));
}

test("a deployment says itself when a value is late, stale, lost", () => {
  setFactors([1, 2, 4]);

  assert.deepEqual([59, 61, 121, 241].map((age) => freshness(age, 60)), ["fresh", "late", "stale", "lost"]);
  setFactors([1.5, 3, 10]);
});

const WELL = { now: 1000, heard: 999, beat: 999.5, link: 1, linkSince: 900, polling: false };

for (const [what, change, state, since] of [
  ["all is well", {}, "fresh", 999.5],
  ["nothing was ever heard", { heard: null }, "loading", null],
  ["no ping for almost five seconds", { heard: 995.4 }, "lost", 995.4],
  ["pings are late", { heard: 996 }, "delayed", 996],
  ["ingest's heart is silent", { beat: 994 }, "lost", 994],
  ["ingest was never heard", { beat: null }, "lost", 999],
  ["the broker is away", { link: 0, linkSince: 970 }, "lost", 970],
  ["only polling works", { polling: true }, "delayed", 999],
]) {
  test(`the feed is ${state} when ${what}`, () => assert.deepEqual(feed({ ...WELL, ...change }), { state, since }));
}

test("the server's clock leads, and a step of this machine's clock moves nothing", () => {
  let monotonic = 10, wall = 5_000_000;
  const clock = new ServerClock(() => monotonic, () => wall);

  clock.learn(1_000_000);
  monotonic += 3;
  wall -= 86_400;

  assert.equal(clock.now(), 1_000_003);
});

test("a stamp that was long on its way does not set the clock back", () => {
  let monotonic = 10;
  const clock = new ServerClock(() => monotonic);
  clock.learn(1_000_000);
  monotonic += 2;

  clock.learn(1_000_001.6); // sent 2 s after the first by the server's clock, 0.4 s on its way

  assert.equal(clock.now(), 1_000_002);
});

test("a server whose clock was set back is followed", () => {
  const clock = new ServerClock(() => 10);
  clock.learn(1_000_000);

  clock.learn(999_000);

  assert.equal(clock.now(), 999_000);
});
