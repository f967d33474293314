// Finds all ink of a picture as one line; `serving/line.py` does the same, and says what for.

import { BRIGHT, EDGE, inkOf, percentile75, separate } from "./ink.js";
import { clip, grid, rint } from "./grid.js";

const SPECK = 0.3, AS_TRAINED = 0.4;
export const MARGIN = 0.2;

// Of a grey picture, as `findInk` gives it.
export function findLine(grey, invert = "auto") {
  const sheet = separate(grey, invert), { small, strength, inverted } = sheet;
  if (sheet.doubts.length) return inkOf(sheet, { doubts: sheet.doubts });
  const line = lineOf(sheet.parts, small);
  if (!line) return inkOf(sheet, { found: false });
  if (!inverted && line.height >= AS_TRAINED * small.height) return inkOf(sheet);
  const margin = Math.max(2, rint(MARGIN * line.height));
  const left = Math.max(line.x - margin, 0), top = Math.max(line.y - margin, 0);
  const width = Math.min(line.x + line.width + margin, small.width) - left;
  const height = Math.min(line.y + line.height + margin, small.height) - top;
  const low = sheet.paper + EDGE * sheet.reach / 2;
  const strong = percentile75(line.places.map((at) => strength.data[at]));
  const range = Math.max(strong - low, EDGE * sheet.reach / 2);
  const light = (x, y) =>
    clip((strength.data[(top + y) * small.width + left + x] - low) / range, 0, 1);
  return inkOf(sheet, {
    canvas: grid(width, height, (x, y) => rint(light(x, y) * BRIGHT * 255)),
    square: [left / small.width, top / small.height, width / small.width, height / small.height],
  });
}

function lineOf(all, { width, height }) {
  const parts = all.filter((part) => part.width < 0.9 * width && part.height < height);
  const highest = Math.max(0, ...parts.map((part) => part.height));
  const own = parts.filter((part) => part.height >= SPECK * highest);
  if (!own.length) return null;
  const edge = (of, pick) => pick(...own.map(of));
  const x = edge((part) => part.x, Math.min), y = edge((part) => part.y, Math.min);
  return { x, y, width: edge((part) => part.x + part.width, Math.max) - x,
           height: edge((part) => part.y + part.height, Math.max) - y,
           places: own.flatMap(({ places }) => places) };
}
