// What the desk's pages do by themselves: send a workbook, and lead to the sign-in page when the session is over.
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
  const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const panel = () => document.querySelector("[data-import]");
  const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  let chosen = null;

  const choose = () => new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".xlsx";
    input.addEventListener("change", () => resolve(input.files[0] ?? null), { once: true });
    input.addEventListener("cancel", () => resolve(null), { once: true });
    input.click();
  });

  const send = async (file, query) => {
    const { import: address, lang } = panel().dataset;
    const answer = await fetch(`${address}?lang=${lang}${query}`, {
      method: "POST",
      body: await file.arrayBuffer(),
      headers: { "content-type": XLSX, "x-csrftoken": decodeURIComponent(cookie("_csrf_token")) },
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

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    desk: {
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
