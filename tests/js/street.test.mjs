import assert from "node:assert/strict";
import { test } from "node:test";

import { lookOf, online, sameLook } from "../../dashboard/assets/modules/looks.mjs";
import { Street } from "../../dashboard/assets/modules/street.mjs";

const WHOLE = {
  full: 1, assets: { A: { kind: "camera", every: 60 }, B: { kind: "smoke_detector", every: null } }, a: { A: [100, 0], B: [null, 0] },
  f: { temperature: [6.2, 99, 60] }, i: { x: { sev: 1, at: 90 } }, c: { open: 1, s1: 1 }, h: [100, 1, 50],
};

test("a delta moves only what it names", () => {
  const street = new Street();
  street.take(WHOLE);

  const moved = street.take({ a: { A: [130, 2] } });

  assert.deepEqual(moved, { full: false, assets: ["A"], figures: [], incidents: false, counts: false });
  assert.deepEqual([street.assets.get("A").at, street.assets.get("A").code, street.counts.open], [130, 2, 1]);
});

test("an incident that leaves the wall is forgotten, a new one is known", () => {
  const street = new Street();
  street.take(WHOLE);

  street.take({ i: { x: null, y: { sev: 2, at: 120 } } });

  assert.deepEqual([...street.incidents.keys()], ["y"]);
  assert.equal(street.incidents.get("y").id, "y");
});

test("a whole picture replaces everything, so that nothing of before a gap stays", () => {
  const street = new Street();
  street.take(WHOLE);

  street.take({ full: 1, assets: { C: { kind: "gateway", every: 60 } }, a: {}, f: {}, i: {}, c: {}, h: null });

  assert.deepEqual([street.assets.size, street.figures.size, street.incidents.size, street.counts], [1, 0, 0, {}]);
});

test("a reading of an asset that nobody registered is no asset", () => {
  const street = new Street();
  street.take(WHOLE);

  assert.deepEqual(street.take({ a: { Z: [1, 0] } }).assets, []);
});

test("an asset looks as old as its own interval says, and as bad as its alarm", () => {
  const asset = { id: "A", every: 60, at: 100, code: 2 };

  assert.deepEqual(lookOf(asset, 130), { sev: 2, age: 0, off: 0 });
  assert.deepEqual(lookOf({ ...asset, code: 5 }, 300), { sev: 0, age: 2, off: 1 });
  assert.deepEqual(lookOf({ ...asset, at: null, code: 0 }, 130), { sev: 0, age: 3, off: 0 });
  assert.ok(sameLook(lookOf(asset, 110), lookOf(asset, 120)));
  assert.ok(!sameLook(undefined, lookOf(asset, 120)));
});

test("online is who was heard in time and does not say that it is away", () => {
  const assets = [{ id: "A" }, { id: "B" }, { id: "C" }, { id: "D" }];
  const looks = new Map([["A", { age: 0, off: 0 }], ["B", { age: 3, off: 0 }], ["C", { age: 0, off: 1 }], ["D", { age: 2, off: 0 }]]);

  assert.deepEqual(online(assets, looks), { all: 4, online: 2 });
});
