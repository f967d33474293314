// Where a light sheet of paper ends in a picture, and a dark table begins.
// `serving/table.py` does the same, and what each constant and step is for stands there.

import { grown, map, middle, partsOf, rint, smooth } from "./grid.js";

const SHARES = [0.15, 0.98], WIDTH = 0.3, FILLED = [0.8, 0.88], DARK = 0.55, BETWEEN = 0.2;

// The pixels of the sheet, without holes: a picture of 0 and 1; null if it is all there is.
export function sheetOf(grey) {
  const { width, height } = grey, least = threshold(grey) + 0.5;
  const light = map(smooth(grey), (v) => Number(v > least)), [main] = partsOf(light);
  if (!main) return null;
  const sheet = filled(main.places, grey), { rows, columns, size } = sizesOf(sheet);
  const share = size / (width * height);
  if (share < SHARES[0] || share > SHARES[1]) return null;
  const isPaper = (at) => light.data[at] && sheet.data[at];
  const paper = grey.data.filter((_, at) => isPaper(at));
  const beyond = rows[0] || rows.at(-1) || columns[0] || columns.at(-1);
  if (Math.min(Math.max(...rows), Math.max(...columns)) < WIDTH * Math.min(width, height)
      || paper.length < FILLED[beyond ? 0 : 1] * hullArea(main.places, grey)) return null;
  const rim = Math.max(2, Math.floor(Math.max(width, height) / 80));
  const near = grown(sheet, rim), table = grey.data.filter((_, at) => !near.data[at]);
  const bright = middle(paper), lit = table.filter((v) => v > DARK * bright).length;
  if (!table.length || lit / table.length > BETWEEN) return null;
  return map(grown(map(sheet, (v) => 1 - v), rim), (v) => 1 - v);
}

// The picture with each row of the sheet going on as it ends, to both sides, and up and down.
export function withoutTable({ width, height, data }, sheet) {
  const ends = Array.from({ length: height }, (_, y) => {
    const row = sheet.data.subarray(y * width, (y + 1) * width);
    return [row.indexOf(1), row.lastIndexOf(1)];
  });
  const top = ends.findIndex(([first]) => first >= 0);
  const bottom = ends.findLastIndex(([first]) => first >= 0);
  const plain = Float64Array.from(data);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.min(Math.max(y, top), bottom), [first, last] = ends[row];
    for (let x = 0; x < width; x++, at++) {
      if (!sheet.data[at]) plain[at] = data[row * width + Math.min(Math.max(x, first), last)];
    }
  }
  return { width, height, data: plain };
}

function threshold({ data }) {
  const counts = new Float64Array(256);
  for (const value of data) counts[rint(value)] += 1;
  const all = data.length, sum = counts.reduce((a, count, at) => a + count * at, 0);
  let [below, sums, best, most] = [0, 0, 0, -1];
  counts.forEach((count, at) => {
    below += count;
    sums += count * at;
    const apart = sum * below - sums * all;
    const variance = apart * apart / Math.max(below * (all - below), 1);
    if (variance > most) [best, most] = [at, variance];
  });
  return best;
}

// 1 for all that is between two of the places, both in its row and in its column.
function filled(places, { width, height }) {
  const ends = (count) => ({ low: Array(count).fill(Infinity), high: Array(count).fill(-1) });
  const rows = ends(height), columns = ends(width);
  const widen = ({ low, high }, of, at) => {
    low[of] = Math.min(low[of], at);
    high[of] = Math.max(high[of], at);
  };
  for (const at of places) {
    widen(rows, Math.floor(at / width), at % width);
    widen(columns, at % width, Math.floor(at / width));
  }
  const data = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      data[at] = Number(rows.low[y] <= x && x <= rows.high[y]
                        && columns.low[x] <= y && y <= columns.high[x]);
    }
  }
  return { width, height, data };
}

// How many pixels there are in each row, in each column, and in all.
function sizesOf({ width, height, data }) {
  const rows = Array(height).fill(0), columns = Array(width).fill(0);
  let size = 0;
  data.forEach((v, at) => {
    rows[Math.floor(at / width)] += v;
    columns[at % width] += v;
    size += v;
  });
  return { rows, columns, size };
}

// Of the convex hull (A. Andrew's monotone chain, 1979) of the places' pixels.
function hullArea(places, { width }) {
  const ends = new Map();
  for (const at of places) {
    const y = Math.floor(at / width), x = at % width, [low, high] = ends.get(y) ?? [x, x + 1];
    ends.set(y, [Math.min(low, x), Math.max(high, x + 1)]);
  }
  const points = [...ends].flatMap(([y, xs]) => xs.flatMap((x) => [[x, y], [x, y + 1]]))
    .sort(([ax, ay], [bx, by]) => ay - by || ax - bx);
  const turn = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  const half = (of) => of.reduce((chain, point) => {
    while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
    chain.push(point);
    return chain;
  }, []);
  const hull = [...half(points).slice(0, -1), ...half(points.reverse()).slice(0, -1)];
  return Math.abs(hull.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = hull[(at + 1) % hull.length];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;
}
