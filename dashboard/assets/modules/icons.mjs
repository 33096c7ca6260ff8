// One glyph a kind of asset (24-grid, even-odd), and the rings that say that its data is old or that it is away.

const CAMERA = "M3 7h12v10H3zM16 10l5-3v10l-5-3z";
export const GLYPHS = {
  air_station: "M3 6h12v2.6H3zM3 11h18v2.6H3zM3 16h9v2.6H3z",
  camera: CAMERA,
  curb_camera: CAMERA,
  elder_button: "M9 3h6v6h6v6h-6v6H9v-6H3V9h6z",
  fire_lane_sensor: "M2 7h20v7H2zM5 14h2.6v7H5zM16.4 14H19v7h-2.6z",
  gateway:
    "M10.8 12h2.4v10h-2.4zM12 5a3 3 0 1 0 .01 0zM5 2l2 1.4a8 8 0 0 0 0 9.2L5 14a10 10 0 0 1 0-12zM19 2l-2 1.4a8 8 0 0 1 0 9.2l2 1.4a10 10 0 0 0 0-12z",
  manhole: "M12 2a10 10 0 1 0 .01 0zM12 5a7 7 0 1 1-.01 0zM8 8h3v3H8zM13 8h3v3h-3zM8 13h3v3H8zM13 13h3v3h-3z",
  noise_meter: "M3 9h4l7-5.5v17L7 15H3zM17.5 6.5a8 8 0 0 1 0 11l-1.8-1.6a5.5 5.5 0 0 0 0-7.8z",
  parking_bay: "M6.5 3H14a5.7 5.7 0 0 1 0 11.4h-4V21H6.5zM10 6v5.4h3.8a2.7 2.7 0 0 0 0-5.4z",
  people_counter: "M12 2.5a4 4 0 1 1-.01 0zM4.5 21.5c0-7 3-10 7.5-10s7.5 3 7.5 10z",
  smoke_detector: "M12.5 1.5c1 4.5 6 6.5 6 12.5a6.5 6.5 0 0 1-13 0c0-3 2-4.5 2.2-7 2 1 3 2.5 3 4.5 1.3-2.5 2.3-5.5 1.8-10z",
  tree_tilt: "M12 1.5l6.5 8.5h-3l4 6h-5.8v6.5h-3.4V16H4.5l4-6h-3z",
  waste_bin: "M6 8h12l-1.2 14H7.2zM4.5 4.5h15V7h-15zM9 2h6v2.5H9z",
  water_level: "M12 2c4 6 7 9 7 13a7 7 0 0 1-14 0c0-4 3-7 7-13z",
  weather_station: "M7 20a5.5 5.5 0 0 1-.6-11A6.5 6.5 0 0 1 18.7 10.6 4.8 4.8 0 0 1 18 20z",
};
export const OTHER = "M12 4l8 8-8 8-8-8z";

const wrap = (body) => `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96">${body}</svg>`;

export const glyphPicture = (kind) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="-1 -1 26 26"><path fill="white" fill-rule="evenodd" d="${GLYPHS[kind] ?? OTHER}"/></svg>`;

/** What lies around an asset whose data is stale, lost, or whose device says it is away. */
export const RINGS = {
  stale: (ink) => wrap(`<circle cx="48" cy="48" r="41" fill="none" stroke="${ink}" stroke-width="8" stroke-dasharray="15 10.8"/><path d="M25 71 71 25M17 55 55 17M41 79 79 41" stroke="${ink}" stroke-width="4"/>`),
  lost: (ink) => wrap(`<circle cx="48" cy="48" r="41" fill="none" stroke="${ink}" stroke-width="8" stroke-dasharray="7 14.5"/><path d="M28 48h40" stroke="${ink}" stroke-width="9"/>`),
  offline: (ink) => wrap(`<circle cx="48" cy="48" r="40" fill="none" stroke="${ink}" stroke-width="9"/><path d="M20 20 76 76" stroke="${ink}" stroke-width="9"/>`),
};

/** A picture that a canvas can use. */
export function picture(markup) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("a picture of the map could not be drawn"));
    image.src = `data:image/svg+xml,${encodeURIComponent(markup)}`;
  });
}
