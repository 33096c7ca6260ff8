import assert from "node:assert/strict";
import { test } from "node:test";

import { clockText, count, dateText, elapsed, fill, isNight, relative, span, weekdayText } from "../../dashboard/assets/modules/clock.mjs";

const WORDS = {
  weekdays: "周日 周一 周二 周三 周四 周五 周六", months: "1 2 3 4 5 6 7 8 9 10 11 12", date: "{mm}-{dd}", missing: "—",
  seconds: "{s}秒", minutes: "{m}分", minutes_seconds: "{m}分{s}秒", hours_minutes: "{h}小时{m}分", days_hours: "{d}天{h}小时",
  seconds_ago: "{s}秒前", minutes_ago: "{m}分钟前", yesterday: "昨天 {clock}", on_date: "{mm}-{dd} {clock}",
};
const at = (text) => Date.parse(text) / 1000;
const NOW = at("2026-11-24T16:04:33+08:00");

test("the clock shows the street's time whatever the zone of the machine", () => {
  process.env.TZ = "America/New_York";

  assert.equal(clockText(NOW), "16:04:33");
  assert.equal(dateText(NOW, WORDS), "11-24");
  assert.equal(weekdayText(NOW, WORDS), "周二");
});

test("the street's day begins at its own midnight", () => {
  assert.equal(dateText(at("2026-12-31T23:59:59+08:00"), WORDS), "12-31");
  assert.equal(dateText(at("2027-01-01T00:00:00+08:00"), WORDS), "01-01");
});

for (const [seconds, text] of [[0, "00:00"], [42, "00:42"], [3599, "59:59"], [3731, "1:02:11"], [183_600, "2天3小时"], [-5, "00:00"]]) {
  test(`${seconds} s of waiting are written ${text}`, () => assert.equal(elapsed(seconds, WORDS), text));
}

for (const [seconds, text] of [[18, "18秒"], [192, "3分12秒"], [180, "3分"], [925, "15分"], [3900, "1小时5分"], [90_000, "1天1小时"]]) {
  test(`an age of ${seconds} s is written ${text}`, () => assert.equal(span(seconds, WORDS), text));
}

for (const [stamp, text] of [
  ["2026-11-24T16:03:51+08:00", "42秒前"], ["2026-11-24T15:52:33+08:00", "12分钟前"], ["2026-11-24T08:00:00+08:00", "08:00"],
  ["2026-11-23T20:14:00+08:00", "昨天 20:14"], ["2026-11-20T20:14:00+08:00", "11-20 20:14"], ["2026-11-24T16:05:00+08:00", "0秒前"],
]) {
  test(`${stamp} is said as ${text}`, () => assert.equal(relative(at(stamp), NOW, WORDS), text));
}

test("nought is a number and what is missing is a dash", () => {
  assert.deepEqual([0, 999, 2913, 1_234_567, null, undefined, NaN].map((n) => count(n, WORDS)), ["0", "999", "2,913", "1,234,567", "—", "—", "—"]);
});

test("night is from ten to six", () => {
  const hours = ["21:59", "22:00", "05:59", "06:00"].map((clock) => isNight(at(`2026-11-24T${clock}:00+08:00`)));

  assert.deepEqual(hours, [false, true, true, false]);
});

test("a place that is not given stays visible, so that a missing word is seen", () => {
  assert.equal(fill("{a} of {b}", { a: 1 }), "1 of {b}");
});
