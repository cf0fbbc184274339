import { unknownPixel } from './colours.js';
import { unknown } from './grid.js';

// Paints the cells that are in view into a picture, pixel by pixel: as fast for a million cells as for a thousand.

/**
 * @param map    what knows the cells: levels, axis, colours
 * @param view   { from, to } in seconds and { top, bottom } on the address axis of the picture's edges
 * @param width  in device pixels
 * @param height in device pixels
 */
export function paint(map, view, width, height) {
  const level = map.levelFor(view, width, height);
  const columns = Int32Array.from({ length: width }, (_, x) =>
    map.columnAt(level, view.from + (x + 0.5) / width * (view.to - view.from)));
  const rows = Int32Array.from({ length: height }, (_, y) =>
    map.rowAt(level, view.top + (y + 0.5) / height * (view.bottom - view.top)));
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const { cells } = level.heat;
  const { colours } = map;
  const hatchPixel = unknownPixel();
  const hatch = 8 * devicePixelRatio;
  let hatched = false; // the row above: its pixels are not those of the next
  for (let y = 0; y < height; y++) {
    if (rows[y] < 0) continue;
    const start = y * width;
    if (y > 0 && rows[y] === rows[y - 1] && !hatched) {
      pixels.copyWithin(start, start - width, start);
      continue;
    }
    const first = rows[y] * level.columns;
    hatched = cells.subarray(first, first + level.columns).includes(unknown);
    for (let x = 0; x < width; x++) {
      if (columns[x] < 0) continue;
      const code = cells[first + columns[x]];
      pixels[start + x] = code === unknown ? ((x + y) % hatch < hatch / 4 ? hatchPixel : 0) : colours[code];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
