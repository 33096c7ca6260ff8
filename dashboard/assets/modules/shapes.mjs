// The four severities as shapes with numerals, and the few icons of the wall. Colours come from the tokens by class.

const SVG = "http://www.w3.org/2000/svg";
const OUTLINES = {
  1: ["polygon", { points: "30,3 70,3 97,30 97,70 70,97 30,97 3,70 3,30" }, 69],
  2: ["polygon", { points: "50,4 98,93 2,93", "stroke-linejoin": "round" }, 83],
  3: ["polygon", { points: "50,2 98,50 50,98 2,50" }, 69],
  4: ["circle", { cx: 50, cy: 50, r: 42 }, 69],
};

export function svg(name, attributes = {}, children = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** The shape of one severity. `look`: solid, hollow (recovered by itself, or none open). */
export function severityShape(severity, label, look = "solid") {
  const [name, outline, baseline] = OUTLINES[severity];
  const numeral = svg("text", { x: 50, y: baseline, "font-size": 54, "font-weight": 700, "text-anchor": "middle" });
  numeral.textContent = String(severity);
  return svg(
    "svg",
    { class: "sev", viewBox: "-4 -4 108 108", role: "img", "aria-label": label, "data-sev": severity, "data-look": look },
    [svg(name, { ...outline, class: "outline" }), numeral],
  );
}

/** The same shape as a picture for the map's canvas: colours must be given, a picture knows no style sheet. */
export function severityPicture(severity, { fill, ground, ink }) {
  const [name, outline, baseline] = OUTLINES[severity];
  const hollow = severity === 4;
  const attributes = Object.entries(outline).map(([k, v]) => `${k}="${v}"`).join(" ");
  const paint = hollow ? `fill="${ground}" stroke="${fill}" stroke-width="14"` : `fill="${fill}" stroke="${ground}" stroke-width="6"`;
  return (
    `<svg xmlns="${SVG}" width="96" height="96" viewBox="-4 -4 108 108"><${name} ${attributes} ${paint}/>` +
    `<text x="50" y="${baseline}" font-size="56" font-weight="700" font-family="sans-serif" text-anchor="middle" fill="${ink}">${severity}</text></svg>`
  );
}

/** A clock face: beside every value that is no longer fresh. */
export function clockIcon(label) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", role: "img", "aria-label": label }, [
    svg("circle", { cx: 12, cy: 12, r: 9 }),
    svg("path", { d: "M12 6v6l4 3" }),
  ]);
}
