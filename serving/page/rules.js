// The lines of ruled and squared paper, apart from what is written across them.
// `serving/rules.py` does the same, and what each constant and step is for stands there.

import { grid, map } from "./grid.js";

const TILT = 0.12, STEPS = 150, PLACES = 64, INK = 0.8, THIN = 0.4, WHOLE = 0.7;
const THICK = 40, FEW = 5;

// Of a picture of 0 and 1: 1 for the pixels of the lines that run across and up and down.
export function rulesOf(ink) {
  const { width, height } = ink;
  const thick = Math.max(FEW, Math.floor(Math.max(width, height) / THICK));
  const across = lines(ink, thick), turned = lines(transposed(ink), thick);
  const down = { near: transposed(turned.near), thin: transposed(turned.thin) };
  return map(ink, (v, at) => Number(
    (across.near.data[at] && across.thin.data[at]) || (down.near.data[at] && down.thin.data[at])
    || (across.near.data[at] && down.near.data[at] && v)));
}

function transposed({ width, height, data }) {
  return grid(height, width, (x, y) => data[x * width + y]);
}

// The lines across: `near` their middle, and `thin` ink.
function lines(ink, thick) {
  const { width, height, data } = ink, thin = thinOf(ink, thick), near = grid(width, height);
  const around = grid(width, height, (x, y) => Number(
    thin.data[y * width + x] || (y > 0 && thin.data[(y - 1) * width + x])
    || (y < height - 1 && thin.data[(y + 1) * width + x])));
  const places = Array.from({ length: PLACES },
                            (_, n) => Math.floor(n * (width - 1) / (PLACES - 1) + 0.5));
  const below = (rise, x) => Math.floor(rise * (x / Math.max(width - 1, 1) - 0.5) + 0.5);
  const most = Math.trunc(TILT * width), step = Math.max(1, Math.floor(width / STEPS));
  for (let rise = -most; rise <= most; rise += step) {
    const offsets = places.map((x) => below(rise, x));
    for (let row = 0; row < height; row++) {
      let [inside, ofLine, ofInk] = [0, 0, 0];
      for (let n = 0; n < PLACES && inside - ofInk <= (1 - INK) * PLACES; n++) {
        const y = row + offsets[n];
        if (y < 0 || y >= height) continue;
        const at = y * width + places[n];
        inside += 1;
        ofLine += around.data[at];
        ofInk += Number(data[at] || around.data[at]);
      }
      if (inside >= WHOLE * PLACES && ofInk >= INK * inside && ofLine >= THIN * inside) {
        mark(near, (x) => row + below(rise, x), Math.floor(thick / 2) + 1);
      }
    }
  }
  return { near, thin };
}

function mark({ width, height, data }, middleAt, reach) {
  for (let x = 0; x < width; x++) {
    const middle = middleAt(x);
    const last = Math.min(height - 1, middle + reach);
    for (let y = Math.max(0, middle - reach); y <= last; y++) data[y * width + x] = 1;
  }
}

// 1 for ink of which there is no more than `thick` above one another.
function thinOf({ width, height, data }, thick) {
  const thin = grid(width, height);
  for (let x = 0; x < width; x++) {
    for (let y = 0, top = 0; y <= height; y++) {
      if (y < height && data[y * width + x]) continue;
      if (y - top <= thick) for (let row = top; row < y; row++) thin.data[row * width + x] = 1;
      top = y + 1;
    }
  }
  return thin;
}
