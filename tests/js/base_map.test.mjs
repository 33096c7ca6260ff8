import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { assetStyle } from "../../dashboard/assets/modules/asset_map.mjs";
import { crossings } from "../../dashboard/assets/modules/camera.mjs";
import { wallStyle } from "../../dashboard/assets/modules/base_map.mjs";

const read = (name) => JSON.parse(readFileSync(new URL(`../../street/geo/${name}`, import.meta.url)));
const COMMUNITIES = read("communities.geojson").features;
const BORDER = read("boundary.geojson").features.find((feature) => feature.properties.level === "subdistrict").geometry;
const WORDS = { lang: "zh-CN", community_short: "社区" };
const style = (words = WORDS) => wallStyle(read("style.json"), 1.545, (name) => `<${name}>`, words, BORDER, COMMUNITIES);

test("every file of the base map comes from this server", () => {
  for (const source of Object.values(style().sources)) {
    if (typeof source.data === "string") assert.match(source.data, /^\/geo\/[a-z]+\.geojson$/);
  }
});

test("only files that something is drawn from are fetched", () => {
  assert.deepEqual(Object.keys(style().sources).sort(), ["blocks", "boundary", "buildings", "coast", "communities", "green", "labels", "places", "streets"]);
});

test("no label of the base map is smaller than 21 minutes of arc", () => {
  const labels = style().layers.filter(({ type }) => type === "symbol");

  assert.deepEqual(labels.map(({ id }) => id).sort(), ["community-label", "sea-label", "street-label"]);
  for (const { layout } of labels) assert.ok(layout["text-size"] >= 23.4 * 1.545);
});

test("communities are tinted by their open incidents in neutral grounds only", () => {
  const text = JSON.stringify(assetStyle(1.545, (name) => `<${name}>`, COMMUNITIES).layers[0].paint);

  assert.match(text, /<ramp3>/);
  assert.doesNotMatch(text, /#64A4F5|<s[1-4]>/i);
});

test("each community's name stands outside the border", () => {
  const middle = BORDER.coordinates.flat().reduce((sum, [lon], _, all) => sum + lon / all.length, 0);
  const { features } = style().sources.labels.data;

  assert.equal(features.length, COMMUNITIES.length);
  for (const { properties, geometry } of features) {
    assert.match(properties.name, /\n社区$/);
    const [lon, lat] = geometry.coordinates;
    const lons = [lat - 0.0007, lat, lat + 0.0007].flatMap((line) => crossings(BORDER.coordinates, line));
    assert.equal(lon, properties.side === "right" ? Math.min(...lons) : Math.max(...lons), "at the border's outermost");
    assert.equal(properties.side === "right", lon < middle, "on the nearer side");
  }
});

test("in English streets bear their English names", () => {
  const english = style({ lang: "en", community_short: "Community" }).layers.find(({ id }) => id === "street-label");

  assert.deepEqual(english.layout["text-field"], ["coalesce", ["get", "name_en"], ["get", "name"]]);
});

test("the assets' canvas takes its colours from the tokens and its states from feature-state", () => {
  const { layers } = assetStyle(1.545, (name) => `<${name}>`);
  const text = JSON.stringify(layers);

  for (const severity of [1, 2, 3, 4]) assert.match(text, new RegExp(`<s${severity}>`));
  assert.doesNotMatch(text, /#[0-9a-f]{6}/i);
  for (const { layout = {} } of layers) assert.doesNotMatch(JSON.stringify(layout), /feature-state/);
});
