import assert from "node:assert/strict";
import { test } from "node:test";

import { crossings, extent, fit, moved, projection } from "../../dashboard/assets/modules/camera.mjs";

const BOX = [120.318, 36.056, 120.333, 36.073];
const SCREEN = { width: 970, height: 762 };
const PADDING = { left: 330, right: 140, top: 20, bottom: 50 };
const near = (got, wanted) => assert.ok(Math.abs(got - wanted) < 0.01, `${got}, not ${wanted}`);

test("a box is shown as large as the padded screen allows, in its middle", () => {
  const project = projection(fit(BOX, SCREEN, PADDING));
  const [left, bottom] = project(BOX[0], BOX[1]);
  const [right, top] = project(BOX[2], BOX[3]);

  near(top, 20);
  near(bottom, 762 - 50);
  near((left + right) / 2, (330 + 970 - 140) / 2);
});

test("a screen of twice the pixels shows the same picture twice as large", () => {
  const twice = (o) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, 2 * v]));
  const small = projection(fit(BOX, SCREEN, PADDING))(120.3262, 36.0658);
  const large = projection(fit(BOX, twice(SCREEN), twice(PADDING)))(120.3262, 36.0658);

  near(large[0], 2 * small[0]);
  near(large[1], 2 * small[1]);
});

test("north is up and a place has one spot", () => {
  const project = projection({ center: [120, 36], zoom: 1, width: 512, height: 512 });

  assert.deepEqual(project(120, 36).map(Math.round), [256, 256]);
  assert.ok(project(120, 37)[1] < 256);
  near(project(210, 36)[0] - 256, 256); // 90 of 360 degrees at 1,024 pixels for the world
});

test("the extent of nested rings is that of all their points", () => {
  assert.deepEqual(extent([[[1, 5], [3, 2]], [[0, 4], [2, 9]]]), [0, 2, 3, 9]);
});

test("a latitude crosses a square twice, also inside a multipolygon", () => {
  const square = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];

  assert.deepEqual(crossings([[square]], 2).sort(), [0, 4]);
  assert.deepEqual(crossings([square], 9), []);
});

test("a camera that was moved shows everything so many pixels further", () => {
  const camera = fit(BOX, SCREEN, PADDING);
  const [x, y] = projection(camera)(120.3262, 36.0658);
  const [x2, y2] = projection(moved(camera, 250, -40))(120.3262, 36.0658);

  near(x2, x + 250);
  near(y2, y - 40);
});
