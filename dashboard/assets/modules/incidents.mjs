// Which incident comes first, which waits, and which rows are on the list's page.

export const ROWS = 5;
const WAITING = new Set(["unacked", "reported", "recovered"]);

export const isWaiting = (incident) => WAITING.has(incident.state);
/** Unacknowledged and still going on at the highest severity: the only thing that may flash. */
export const isFlashing = (incident) => incident.sev === 1 && isWaiting(incident) && incident.state !== "recovered";

/** Worst first, then oldest; the id settles what is equal, so that no row ever swaps for nothing. */
export function byUrgency(a, b) {
  return a.sev - b.sev || a.at - b.at || (a.id < b.id ? -1 : 1);
}

/** The one to deal with: worst, then oldest, unacknowledged of severity 1 or 2; what recovered by itself comes after. */
export function worstWaiting(incidents) {
  let waiting = 0, worst = null;
  for (const one of incidents) {
    if (one.sev > 2 || !isWaiting(one)) continue;
    waiting += 1;
    if (worst === null || rank(one) < rank(worst) || (rank(one) === rank(worst) && byUrgency(one, worst) < 0)) worst = one;
  }
  return { worst, others: Math.max(0, waiting - 1) };
}

const rank = (one) => one.sev * 2 + (one.state === "recovered" ? 1 : 0);

/** The rows of one page; a page that no longer exists becomes the first. */
export function pageOf(sorted, page) {
  const pages = Math.max(1, Math.ceil(sorted.length / ROWS));
  const shown = page < pages ? page : 0;
  return { page: shown, pages, rows: sorted.slice(shown * ROWS, (shown + 1) * ROWS) };
}

/** The newest that is at most a minute old, of severity 1 if there is one, else 2. */
export function inSpotlight(incidents, now, longest = 60) {
  let newest = null;
  for (const one of incidents) {
    if (one.sev > 2 || now - one.at >= longest || now < one.at - longest) continue;
    if (newest === null || one.sev < newest.sev || (one.sev === newest.sev && one.at > newest.at)) newest = one;
  }
  return newest;
}
