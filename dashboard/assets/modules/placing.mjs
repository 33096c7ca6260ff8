// Where markers stand: none may hide another, so they make room, and above a limit they are gathered.

import { byUrgency } from "./incidents.mjs";

export const MOST = 60;
const AROUND = 12, RINGS = 5;

/** Groups of incidents with positions {x, y}: alone while there are at most `most`, else gathered by nearness. */
export function gather(spots, size, most = MOST) {
  const sorted = [...spots].sort((a, b) => byUrgency(a.incident, b.incident));
  if (sorted.length <= most) return sorted.map((spot) => ({ ...spot, count: 1 }));
  for (let cell = size; ; cell *= 1.2) {
    const groups = gathered(sorted, cell);
    if (groups.length <= most) return groups;
  }
}

// Sorted by urgency, so the first in a cell is its worst and gives the group its place and shape.
function gathered(sorted, cell) {
  const groups = new Map();
  for (const spot of sorted) {
    const key = `${Math.floor(spot.x / cell)}:${Math.floor(spot.y / cell)}`;
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { ...spot, count: 1 });
  }
  return [...groups.values()];
}

/**
 * The groups with places {px, py} that keep `size` between them, stay inside the box and off the obstacles.
 * `labelOf` gives the size of a group's label, or null: the most urgent come first, and nobody takes their label's place.
 */
export function spread(groups, size, screen, fixed = [], labelOf = () => null) {
  const placed = [], taken = [];
  const { width, height } = screen;
  const isOff = (x, y) => (o) => x + half <= o.left || x - half >= o.right || y + half <= o.top || y - half >= o.bottom;
  const half = size / 2;
  const inside = (v, most) => Math.min(Math.max(v, half), most - half);
  const isFree = (x, y) =>
    x >= half && y >= half && x <= width - half && y <= height - half &&
    placed.every((other) => Math.hypot(other.px - x, other.py - y) >= size) &&
    fixed.every(isOff(x, y)) && taken.every(isOff(x, y));
  for (const group of groups) {
    const [px, py] = freePlace(inside(group.x, width), inside(group.y, height), size, isFree);
    const marker = { ...group, px, py };
    placed.push(marker);
    const label = labelOf(group);
    marker.label = label && labelPlace(marker, label, placed, taken, size, screen, fixed);
    if (marker.label) taken.push(marker.label);
  }
  return placed;
}

function freePlace(x, y, size, isFree) {
  if (isFree(x, y)) return [x, y];
  for (let ring = 1; ring <= RINGS; ring += 1) {
    for (let step = 0; step < AROUND * ring; step += 1) {
      const angle = (2 * Math.PI * step) / (AROUND * ring) - Math.PI / 2;
      const at = [x + Math.cos(angle) * size * 1.02 * ring, y + Math.sin(angle) * size * 1.02 * ring];
      if (isFree(...at)) return at;
    }
  }
  return [x, y];
}

/** The first of the places beside a marker where a label covers no marker and no other label; null: it is left out. */
function labelPlace(marker, label, placed, taken, size, { width, height }, obstacles) {
  const half = size / 2, gap = size / 8;
  const places = [
    [marker.px + half + gap, marker.py - label.height / 2],
    [marker.px - half - gap - label.width, marker.py - label.height / 2],
    [marker.px - label.width / 2, marker.py + half + gap],
    [marker.px - label.width / 2, marker.py - half - gap - label.height],
  ];
  const boxes = places.map(([left, top]) => ({ left, top, right: left + label.width, bottom: top + label.height }));
  const fits = (b) => b.left >= 0 && b.top >= 0 && b.right <= width && b.bottom <= height;
  const free = (b) =>
    fits(b) && placed.every((m) => m === marker || !touches(b, m, half)) &&
    [...taken, ...obstacles].every((o) => b.right <= o.left || b.left >= o.right || b.bottom <= o.top || b.top >= o.bottom);
  return boxes.find(free) ?? null;
}

const touches = (b, m, half) => m.px + half > b.left && m.px - half < b.right && m.py + half > b.top && m.py - half < b.bottom;
