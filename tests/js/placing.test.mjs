import assert from "node:assert/strict";
import { test } from "node:test";

import { gather, MOST, spread } from "../../dashboard/assets/modules/placing.mjs";

const SCREEN = { width: 970, height: 762 };
const SIZE = 60;
const spot = (n, x, y, sev = 3) => ({ x, y, incident: { id: `i${n}`, sev, at: n } });
const many = (count) => Array.from({ length: count }, (_, n) => spot(n, 300 + ((n * 37) % 400), 20 + ((n * 91) % 700), 1 + (n % 4)));
const closest = (placed) => Math.min(...placed.flatMap((a, n) => placed.slice(n + 1).map((b) => Math.hypot(a.px - b.px, a.py - b.py))));

test("up to sixty incidents each keep a symbol of their own", () => {
  assert.equal(gather(many(MOST), SIZE).length, MOST);
});

test("five hundred become at most sixty, none lost, each with the shape of its worst", () => {
  const spots = many(500);

  const groups = gather(spots, SIZE);

  assert.ok(groups.length <= MOST);
  assert.equal(groups.reduce((sum, { count }) => sum + count, 0), 500);
  assert.equal(groups[0].incident.sev, 1);
});

test("ten incidents at one spot make room for one another", () => {
  const placed = spread(gather(Array.from({ length: 10 }, (_, n) => spot(n, 480, 380)), SIZE), SIZE, SCREEN);

  assert.ok(closest(placed) >= SIZE);
  assert.deepEqual([placed[0].px, placed[0].py], [480, 380], "the most urgent stays where it is");
});

test("no symbol leaves the box or lies under the card", () => {
  const card = { left: 8, top: 500, right: 325, bottom: 754 };

  const placed = spread([spot(1, -50, 900), spot(2, 100, 600), spot(3, 2000, 10)], SIZE, SCREEN, [card]);

  for (const { px, py } of placed) {
    assert.ok(px >= 30 && py >= 30 && px <= 940 && py <= 732);
    assert.ok(px + 30 <= card.left || px - 30 >= card.right || py + 30 <= card.top || py - 30 >= card.bottom);
  }
});

test("the label of the most urgent keeps its place when others come close", () => {
  const labelOf = ({ incident }) => (incident.sev === 1 ? { width: 160, height: 50 } : null);
  const crowd = Array.from({ length: 12 }, (_, n) => spot(n + 2, 400 + (n % 4) * 40, 300 + Math.floor(n / 4) * 20));

  const [first, ...others] = spread([spot(1, 400, 300, 1), ...crowd], SIZE, SCREEN, [], labelOf);

  assert.ok(first.label);
  for (const { px, py } of others) {
    assert.ok(px + 30 <= first.label.left || px - 30 >= first.label.right || py + 30 <= first.label.top || py - 30 >= first.label.bottom);
  }
});

test("a label goes where it covers no symbol, and nowhere if there is no such place", () => {
  const label = { width: 100, height: 40 };
  const walls = (...sides) => sides.map(([left, top]) => ({ left, top, right: left + 20, bottom: top + 60 }));
  const place = (fixed) => spread([spot(1, 400, 300, 1)], SIZE, SCREEN, fixed, () => label)[0].label;

  assert.ok(place([]).left >= 430, "to the right if it can be");
  assert.ok(place(walls([480, 270])).right <= 370, "else to the left");
  assert.equal(place(walls([480, 270], [320, 270], [390, 345], [390, 200])), null);
});
