// How an asset looks: its severity, its age, and whether its device says it is away.

import { freshness } from "./age.mjs";

const AGES = { fresh: 0, late: 1, stale: 2, lost: 3 };
export const OFFLINE = 5;

/** {sev 0–4, age 0–3, off 0/1}: plain numbers, as a canvas' feature-state and a test like them. */
export function lookOf(asset, now) {
  const age = asset.at === null ? null : now - asset.at;
  return {
    sev: asset.code >= 1 && asset.code <= 4 ? asset.code : 0,
    age: AGES[freshness(age, asset.every)],
    off: asset.code === OFFLINE ? 1 : 0,
  };
}

export const sameLook = (a, b) => a !== undefined && a.sev === b.sev && a.age === b.age && a.off === b.off;

/** How many there are and how many of them can be believed to be there: heard in time and not away. */
export function online(assets, looks, isCounted = () => true) {
  let all = 0, there = 0;
  for (const asset of assets) {
    if (!isCounted(asset)) continue;
    all += 1;
    const look = looks.get(asset.id);
    if (look && look.age < AGES.lost && !look.off) there += 1;
  }
  return { all, online: there };
}
