/** Pairing: a kiosk asks for its code by itself, then waits until somebody at the desk has entered it. */

const EVERY_MS = 2000;

const own = document.querySelector("form[data-self]");
const again = document.querySelector("form[data-again]");
if (own) own.submit();
else if (again) wait();

async function wait() {
  const said = document.querySelector('meta[name="pair"]');
  const state = document.querySelector('[data-part="state"]');
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    let answer = null;
    try {
      const got = await fetch("/pair/wait", { headers: { accept: "application/json" }, cache: "no-store" });
      if (got.ok) answer = await got.json();
    } catch {
      // the server is away: say so and go on asking
    }
    const text = answer ? said.content : said.dataset.lost;
    if (state.textContent !== text) state.textContent = text;
    if (answer?.state === "ready") return location.replace(answer.to);
    if (answer?.state === "over") return again.submit();
  }
}
