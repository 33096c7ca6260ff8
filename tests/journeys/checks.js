// What a page is asked about itself. One object: each check returns the offences it found.
({
  texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode, parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest("script, style, [hidden]")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const style = getComputedStyle(parent);
      if (box.width && style.visibility !== "hidden") found.push({ node, parent, box, style, size: parseFloat(style.fontSize) });
    }
    return found;
  },

  scrolls() {
    const d = document.documentElement;
    return [[d.scrollWidth, innerWidth, "wide"], [d.scrollHeight, innerHeight, "high"]]
      .filter(([is, may]) => is > may)
      .map(([is, may, how]) => `${is} px ${how} on ${may}`);
  },

  smallTexts(least) {
    return this.texts()
      .filter(({ parent, size }) => !parent.closest(".sev") && size < least - 0.5)
      .map(({ node, size }) => `${size} px ${node.textContent}`);
  },

  cutTexts() {
    const isCut = ({ parent, box, size }) => {
      if (parent.closest("svg")) return false;
      const spare = 0.3 * size; // a glyph's box is higher than its ink
      for (let e = parent; e && e !== document.body; e = e.parentElement) {
        if (e.title) return false;
        if (getComputedStyle(e).overflow === "visible") continue;
        const r = e.getBoundingClientRect();
        if (box.right > r.right + 1.5 || box.left < r.left - 1.5) return true;
        if (box.bottom > r.bottom + spare || box.top < r.top - spare) return true;
      }
      return false;
    };
    return this.texts().filter(isCut).map(({ node }) => node.textContent);
  },

  faintTexts() {
    const rgba = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
    const linear = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const ground = (e) => {
      for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 0.5) return c; }
      return [255, 255, 255];
    };
    return this.texts().filter(({ parent }) => !parent.closest("svg")).flatMap(({ node, parent, style, size }) => {
      const a = light(rgba(style.color)), b = light(ground(parent));
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return contrast < (size >= 24 ? 3 : 4.5) ? [`${contrast.toFixed(2)} ${node.textContent}`] : [];
    });
  },

  animations() {
    return document.getAnimations().filter((a) => a.playState === "running").map((a) => {
      const target = a.effect.target;
      const texts = [...target.querySelectorAll("*"), target].filter((e) => !e.closest(".sev"))
        .flatMap((e) => [...e.childNodes]).filter((n) => n.nodeType === 3 && n.textContent.trim()).map((n) => n.textContent);
      const severities = [...target.querySelectorAll("[data-sev]")].map((e) => e.dataset.sev);
      return { period_ms: a.effect.getComputedTiming().duration, texts, severities };
    });
  },

  missingGlyphs() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 64;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const family = getComputedStyle(document.getElementById("wall")).fontFamily;
    const drawn = (text) => {
      pen.clearRect(0, 0, 64, 64);
      pen.font = `40px ${family}`;
      pen.textBaseline = "top";
      pen.fillText(text, 4, 4);
      return pen.getImageData(0, 0, 64, 64).data.join();
    };
    const boxes = new Set(["\u{10FFFE}", "\uFFFF", "\u0378"].map(drawn));
    return [...new Set(document.body.innerText)].filter((letter) => letter.trim() && boxes.has(drawn(letter)));
  },

  digitWidths() {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `100px ${getComputedStyle(document.getElementById("wall")).fontFamily}`;
    return [..."0123456789"].map((digit) => pen.measureText(digit).width);
  },

  coveredMarkers() {
    return [...document.querySelectorAll("#w11 .marker")].flatMap((marker) => {
      const box = marker.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      const over = top?.closest(".marker");
      return over === marker || (over && over.dataset.sev < marker.dataset.sev) ? [] : [marker.dataset.incident];
    });
  },

  /** When the list's page label changed within that time [ms since the page opened]. */
  turns(wait) {
    return new Promise((resolve) => {
      const label = document.querySelector("[data-part=open-page]"), at = [];
      new MutationObserver(() => at.push(performance.now())).observe(label, { childList: true, characterData: true, subtree: true });
      setTimeout(() => resolve(at), wait);
    });
  },

  /** The longest time that the page was busy with one thing [ms]. */
  longestTask(wait) {
    return new Promise((resolve) => {
      const seen = [0];
      const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map((entry) => entry.duration)));
      observer.observe({ type: "longtask" });
      setTimeout(() => resolve(Math.max(...seen)), wait);
    });
  },
})
