import assert from "node:assert/strict";
import { test } from "node:test";

import { markOf } from "../../dashboard/assets/modules/asset_map.mjs";

test("a fresh and calm asset needs no picture over it", () => {
  assert.equal(markOf({ sev: 0, age: 0, off: 0 }), null);
  assert.equal(markOf({ sev: 0, age: 1, off: 0 }), null);
});

test("age, absence and alarm each have their picture; absence goes before age", () => {
  assert.deepEqual(markOf({ sev: 0, age: 2, off: 0 }), { ring: "stale" });
  assert.deepEqual(markOf({ sev: 0, age: 3, off: 1 }), { ring: "offline" });
  assert.deepEqual(markOf({ sev: 2, age: 3, off: 0 }), { ring: "lost", sev: 2, shape: "severity-2" });
});
