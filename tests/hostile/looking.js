// What a page shows, and what stands in it that we did not put there.
({
  /** Every text that a person can read or have read out: of elements without children, of controls, of labels. */
  texts: () => {
    const found = new Set();
    for (const one of document.querySelectorAll("body, body *")) {
      if (one.matches("script, style")) continue;
      const own = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data);
      if (own.length) found.add(own.join(""));
      if (one.childElementCount && one.textContent.length < 2000) found.add(one.textContent);
      if ("value" in one && typeof one.value === "string") found.add(one.value);
      for (const name of ["title", "aria-label", "alt", "placeholder"]) {
        if (one.hasAttribute(name)) found.add(one.getAttribute(name));
      }
    }
    return [...found];
  },

  /** Elements that run, frame, lead away or shout. */
  foreign: () => {
    const found = [];
    const say = (one, why) => found.push(`${why}: ${one.outerHTML.slice(0, 200)}`);
    const isOurs = (address) => {
      const url = new URL(address, location.href);
      return url.origin === location.origin || ["data:", "blob:"].includes(url.protocol);
    };
    for (const one of document.querySelectorAll("*")) {
      if (one.matches("iframe, object, embed, base, portal, details, math")) say(one, "foreign element");
      for (const { name, value } of one.attributes) {
        if (name.startsWith("on")) say(one, "handler");
        if (name === "style" && /90px|url\(|expression|inset:\s*0/i.test(value)) say(one, "foreign style");
        if (["href", "src", "action", "formaction", "data"].includes(name) && value === "x") say(one, "foreign address");
        if (["href", "src", "action", "formaction"].includes(name) && !isOurs(value)) say(one, "leads away");
      }
      if (one.matches("script") && !one.src && !/^_dash-/.test(one.id) && one.type !== "importmap") say(one, "script");
      if (one.matches("style") && one.textContent.includes("*{display:none}")) say(one, "style sheet");
    }
    if (getComputedStyle(document.body).display === "none") found.push("the page is hidden");
    return found;
  },

  /** What ran, what the policy reported, and what became of every object's prototype. */
  harm: () => [
    ...(window.__x ? ["a script ran"] : []),
    ...(window.__reports ?? []).map((report) => `policy: ${report}`),
    ...("polluted" in {} ? ["a prototype was changed"] : []),
  ],
})
