// What the desk's pages do by themselves: send a list, and lead to the sign-in page when the session is over.
(() => {
  "use strict";

  // A page whose session has ended is answered 401: then this browser has nothing to show any more.
  const ask = window.fetch;
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return answer;
  };

  const element = (type, children, props = {}) => ({ namespace: "dash_html_components", type, props: { ...props, children } });
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const panel = () => document.querySelector("[data-import]");
  let chosen = null;

  const choose = () => new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = panel().dataset.accept;
    input.addEventListener("change", () => resolve(input.files[0] ?? null), { once: true });
    input.addEventListener("cancel", () => resolve(null), { once: true });
    input.click();
  });

  const send = async (file, query) => {
    const { import: address, lang, type } = panel().dataset;
    const answer = await fetch(`${address}?lang=${lang}${query}`, {
      method: "POST",
      body: await file.arrayBuffer(),
      headers: { "content-type": type, "x-csrftoken": document.getElementById("desk-csrf").value },
    });
    if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
    return answer.json();
  };

  const shown = (report, file) => {
    const said = filled(report.said, { file: file.name, ...report.counts });
    const pieces = [element("P", said, { className: report.ok ? "said fine" : "said wrong" })];
    if (report.rows.length) {
      const head = element("Thead", element("Tr", report.heads.map((text) => element("Th", text, { scope: "col" }))));
      const rows = report.rows.map((row) => element("Tr", row.map((text) => element("Td", text))));
      pieces.push(element("Div", element("Table", [head, element("Tbody", rows)]), { className: "sheet", tabIndex: "0" }));
    }
    if (report.note) pieces.push(element("P", report.note, { className: "hint" }));
    return pieces;
  };

  const broken = (error) => [element("P", filled(panel().dataset.broken, { code: error.message }), { className: "said wrong" })];

  // The health page: filled anew by a request of its own; one that fails leaves all as it is, and the page says so.
  const now = () => document.querySelector("[data-now]")?.dataset.now;
  const PLACES = 7;
  let had = [];

  // Dash makes the rows anew: a link that had the focus gets it back, unless a hand has moved on.
  const keepFocus = () => {
    const address = document.activeElement?.closest?.(".health-page a")?.getAttribute("href");
    const look = (frames) => {
      const link = [...document.querySelectorAll(".health-page a")].find((it) => it.getAttribute("href") === address);
      if (document.activeElement === document.body && link) link.focus({ preventScroll: true });
      else if (frames) requestAnimationFrame(() => look(frames - 1));
    };
    if (address) look(60);
  };

  const filledAnew = async () => {
    const nothing = Array(PLACES).fill(window.dash_clientside.no_update);
    const asked = now();
    if (!asked || document.hidden) return nothing;
    try {
      const answer = await fetch(asked, { headers: { accept: "application/json" } });
      if (!answer.ok) return nothing;
      const parts = await answer.json();
      if (asked !== now()) return nothing; // another group was opened meanwhile
      const texts = [asked, ...parts.map((part) => JSON.stringify(part))];
      const isSame = (index) => texts[0] === had[0] && texts[index + 1] === had[index + 1];
      const moved = parts.map((part, index) => (isSame(index) ? nothing[index] : part));
      had = texts;
      keepFocus();
      return moved;
    } catch {
      return nothing;
    }
  };

  let told = "", toldAt = 0;
  setInterval(() => {
    const mark = document.querySelector("[data-true]");
    if (!mark) return;
    if (mark.textContent !== told) [told, toldAt] = [mark.textContent, performance.now()];
    const silent = performance.now() - toldAt;
    const is = silent > Number(mark.dataset.true) ? filled(mark.dataset.silent, { n: Math.floor(silent / 1000) }) : "";
    if (mark.parentElement.dataset.silence !== is) mark.parentElement.dataset.silence = is;
  }, 1000);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    desk: {
      healthNow: filledAnew,

      async checkFile() {
        const file = await choose();
        if (!file) return [window.dash_clientside.no_update, window.dash_clientside.no_update];
        chosen = null;
        try {
          const report = await send(file, "&dry=1");
          if (report.ok) chosen = file;
          return [shown(report, file), !report.ok];
        } catch (error) {
          return [broken(error), true];
        }
      },

      async importFile() {
        const file = chosen;
        if (!file) return window.dash_clientside.no_update;
        chosen = null; // twice is a list of accounts that are taken
        try {
          return shown(await send(file, ""), file);
        } catch (error) {
          return broken(error);
        }
      },
    },
  });
})();
