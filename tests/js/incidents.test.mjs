import assert from "node:assert/strict";
import { test } from "node:test";

import { byUrgency, inSpotlight, isFlashing, pageOf, worstWaiting } from "../../dashboard/assets/modules/incidents.mjs";

const one = (id, sev, at, state = "unacked") => ({ id, sev, at, state });

test("worst first, then oldest, and equals never swap", () => {
  const sorted = [one("d", 3, 1), one("b", 1, 9), one("c", 2, 4), one("a", 1, 9), one("e", 1, 5)].sort(byUrgency);

  assert.deepEqual(sorted.map(({ id }) => id), ["e", "a", "b", "c", "d"]);
});

test("the band holds the oldest unacknowledged of the worst severity", () => {
  const { worst, others } = worstWaiting([one("a", 2, 1), one("b", 1, 8), one("c", 1, 5), one("d", 1, 2, "dispatched"), one("e", 3, 0)]);

  assert.equal(worst.id, "c");
  assert.equal(others, 2);
});

test("what still goes on comes before what recovered by itself", () => {
  const { worst } = worstWaiting([one("a", 1, 1, "recovered"), one("b", 1, 8)]);

  assert.equal(worst.id, "b");
});

test("severities 3 and 4 never take the band", () => {
  assert.deepEqual(worstWaiting([one("a", 3, 1), one("b", 4, 1)]), { worst: null, others: 0 });
});

test("only an unacknowledged level 1 that goes on flashes", () => {
  const flashing = [one("a", 1, 0), one("b", 2, 0), one("c", 1, 0, "recovered"), one("d", 1, 0, "dispatched")].filter(isFlashing);

  assert.deepEqual(flashing.map(({ id }) => id), ["a"]);
});

test("a page holds five rows and one beyond the last becomes the first", () => {
  const sorted = Array.from({ length: 22 }, (_, n) => one(String(n), 3, n));

  assert.deepEqual([pageOf(sorted, 0).pages, pageOf(sorted, 4).rows.length, pageOf(sorted, 5).page], [5, 2, 0]);
  assert.deepEqual(pageOf([], 3), { page: 0, pages: 1, rows: [] });
});

test("the spotlight holds the newest for a minute, and a level 1 before a newer level 2", () => {
  const incidents = [one("a", 2, 95), one("b", 2, 99), one("c", 3, 100), one("d", 1, 60)];

  assert.equal(inSpotlight(incidents, 100).id, "d");
  assert.equal(inSpotlight(incidents, 121).id, "b");
  assert.equal(inSpotlight(incidents, 159), null);
});
