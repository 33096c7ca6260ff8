// Where a place is on the screen: one Web Mercator camera for base map, assets and markers.

const TILE = 512; // pixels of the world at zoom 0

const worldX = (lon) => (lon + 180) / 360;
const worldY = (lat) => {
  const s = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
};
const lonOf = (x) => x * 360 - 180;
const latOf = (y) => (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;

/** [west, south, east, north] of every coordinate in a GeoJSON geometry's nested arrays. */
export function extent(coordinates, box = [Infinity, Infinity, -Infinity, -Infinity]) {
  if (typeof coordinates[0] === "number") {
    const [lon, lat] = coordinates;
    return [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
  }
  return coordinates.reduce((grown, inner) => extent(inner, grown), box);
}

/** The longitudes at which a ring, or nested rings, cross a latitude. */
export function crossings(coordinates, lat) {
  if (typeof coordinates[0][0] !== "number") return coordinates.flatMap((inner) => crossings(inner, lat));
  return coordinates.slice(1).flatMap(([lon, y], n) => {
    const [lon0, y0] = coordinates[n];
    return y0 <= lat === y <= lat ? [] : [lon0 + ((lat - y0) / (y - y0)) * (lon - lon0)];
  });
}

/** The camera that shows `box` as large as the padded screen allows. */
export function fit(box, { width, height }, padding) {
  const [west, south, east, north] = box;
  const left = worldX(west), right = worldX(east), top = worldY(north), bottom = worldY(south);
  const room = { x: Math.max(1, width - padding.left - padding.right), y: Math.max(1, height - padding.top - padding.bottom) };
  const scale = Math.min(room.x / (right - left), room.y / (bottom - top));
  const x = (left + right) / 2 + (padding.right - padding.left) / (2 * scale);
  const y = (top + bottom) / 2 + (padding.bottom - padding.top) / (2 * scale);
  return { center: [lonOf(x), latOf(y)], zoom: Math.log2(scale / TILE), width, height };
}

/** The camera that shows everything `dx`, `dy` pixels further right and down. */
export function moved(camera, dx, dy) {
  const scale = TILE * 2 ** camera.zoom, [lon, lat] = camera.center;
  return { ...camera, center: [lonOf(worldX(lon) - dx / scale), latOf(worldY(lat) - dy / scale)] };
}

/** A function from longitude and latitude to [x, y] on the screen. */
export function projection({ center, zoom, width, height }) {
  const scale = TILE * 2 ** zoom, x0 = worldX(center[0]) * scale - width / 2, y0 = worldY(center[1]) * scale - height / 2;
  return (lon, lat) => [worldX(lon) * scale - x0, worldY(lat) * scale - y0];
}
