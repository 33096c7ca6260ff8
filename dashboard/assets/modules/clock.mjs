// Time as the street reads it. The street has one zone without summer time, whatever zone the screen's machine is in.

const ZONE_S = 8 * 3600;
const MINUTE = 60, HOUR = 3600, DAY = 86400;
const two = (n) => String(n).padStart(2, "0");

/** The words of a template with its {places} filled. */
export function fill(template, places) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? String(places[name]) : whole));
}

/** What a clock and a calendar on the street show at `at` [s since 1970]. */
export function streetTime(at) {
  const local = new Date((at + ZONE_S) * 1000);
  return {
    month: local.getUTCMonth(), day: local.getUTCDate(), weekday: local.getUTCDay(),
    hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds(),
  };
}

export function clockText(at) {
  const t = streetTime(at);
  return `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
}

export function dateText(at, words) {
  const t = streetTime(at);
  return fill(words.date, {
    mm: two(t.month + 1), dd: two(t.day), d: t.day,
    month: words.months.split(" ")[t.month],
  });
}

export const weekdayText = (at, words) => words.weekdays.split(" ")[streetTime(at).weekday];

/** True from 22:00 to 06:00 on the street. */
export function isNight(at) {
  const { hour } = streetTime(at);
  return hour >= 22 || hour < 6;
}

/** How long something has been going on: 00:42, 59:59, 1:02:11, 2 days 3 hours. */
export function elapsed(seconds, words) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < HOUR) return `${two(Math.floor(s / MINUTE))}:${two(s % MINUTE)}`;
  if (s < DAY) return `${Math.floor(s / HOUR)}:${two(Math.floor((s % HOUR) / MINUTE))}:${two(s % MINUTE)}`;
  return fill(words.days_hours, { d: Math.floor(s / DAY), h: Math.floor((s % DAY) / HOUR) });
}

/** A span in words, as exact as its size deserves: 18 s, 3 min 12 s, 15 min, 1 h 5 min, 2 d 3 h. */
export function span(seconds, words) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE) return fill(words.seconds, { s });
  if (s < HOUR && (s % MINUTE === 0 || s >= 10 * MINUTE)) return fill(words.minutes, { m: Math.floor(s / MINUTE) });
  if (s < HOUR) return fill(words.minutes_seconds, { m: Math.floor(s / MINUTE), s: s % MINUTE });
  if (s < DAY) return fill(words.hours_minutes, { h: Math.floor(s / HOUR), m: Math.floor((s % HOUR) / MINUTE) });
  return fill(words.days_hours, { d: Math.floor(s / DAY), h: Math.floor((s % DAY) / HOUR) });
}

/** When something was: "42 s ago" and "12 min ago" under an hour, then the clock, yesterday, the date. */
export function relative(at, now, words) {
  const s = Math.max(0, Math.floor(now - at));
  if (s < MINUTE) return fill(words.seconds_ago, { s });
  if (s < HOUR) return fill(words.minutes_ago, { m: Math.floor(s / MINUTE) });
  const clock = clockText(at).slice(0, 5);
  const days = Math.floor((now + ZONE_S) / DAY) - Math.floor((at + ZONE_S) / DAY);
  if (days === 0) return clock;
  if (days === 1) return fill(words.yesterday, { clock });
  const t = streetTime(at);
  return fill(words.on_date, { mm: two(t.month + 1), dd: two(t.day), clock });
}

/** 2913 -> 2,913; what is not a number is missing, which is not the same as zero. */
export function count(n, words) {
  if (!Number.isFinite(n)) return words.missing;
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
}
