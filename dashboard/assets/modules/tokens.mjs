// The colours and the unit of size, as tokens.css has them now: for what draws on a canvas and knows no style sheet.

export function tokens(root) {
  const style = getComputedStyle(root);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** One minute of arc in CSS pixels. */
export function arcMinute(root) {
  return innerHeight / Number(getComputedStyle(root).getPropertyValue("--minutes"));
}
