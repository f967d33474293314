// Finds the ink in a picture and draws it as the model was trained: light, alone, of one size.
// `serving/ink.py` does the same for `digits predict`, to the pixel; a test compares them, and what
// each constant and step is for stands there.

import {
  clip, grid, grown, highest, highestOf, lowest, lowestOf, map, middle, partsOf, rint, smooth, sorted,
} from "./grid.js";
import { rulesOf } from "./rules.js";
import { sheetOf, withoutTable } from "./table.js";

export const CANVAS = 150, INK = 0.28;
export const EDGE = 0.28, BRIGHT = 0.9;
const AS_TRAINED = [0.15, 0.55], LARGEST = 600, LIGHT = 127, DARK = 60, CELLS = 8, FAINTEST = 32;
const GRAIN = 12, CALMED = 3, RULE = 0.175, OVER = 1.5, STROKE = 6, WIDE = 1.5;
export const LIGHT_PAPER = "light paper, not inverted";

// From RGBA as a canvas has it; what is transparent gets the colour of the paper.
export function greyOf({ width, height, data }) {
  const luma = new Float64Array(width * height), alpha = new Float64Array(width * height);
  for (let at = 0, of = 0; at < luma.length; at++, of += 4) {
    luma[at] = (data[of] * 19595 + data[of + 1] * 38470 + data[of + 2] * 7471 + 0x8000) >> 16;
    alpha[at] = data[of + 3] / 255;
  }
  if (lowestOf(alpha) === 1) return { width, height, data: luma };
  const paper = paperBehind({ width, height, data: luma }, alpha);
  return { width, height, data: luma.map((v, at) => rint(v * alpha[at] + paper * (1 - alpha[at]))) };
}

function paperBehind(luma, alpha) {
  const edge = borderOf(luma), opaque = edge.filter((at) => alpha[at] > 0.5);
  if (2 * opaque.length > edge.length) {
    const values = opaque.map((at) => luma.data[at]).sort((a, b) => a - b);
    return (values[(values.length - 1) >> 1] + values[values.length >> 1]) / 2;
  }
  let ink = 0, all = 0;
  alpha.forEach((a, at) => { ink += luma.data[at] * a; all += a; });
  return ink > 127 * all ? 0 : 255;
}

// Of a grey picture: { found, inverted, canvas, square, doubts, several }, as `find_ink` gives.
export function findInk(grey, invert = "auto") {
  const sheet = separate(grey, invert);
  const { small, inverted, strength, paper, reach, parts } = sheet;
  if (sheet.doubts.length) return inkOf(sheet, { doubts: sheet.doubts });
  if (!parts.length) return inkOf(sheet, { found: false });
  const [main, others] = chosen(parts, small, inverted);
  const several = main.width > WIDE * main.height || others.some((other) => isAlike(other, main));
  const long = longOf(main), share = long / Math.max(small.width, small.height);
  if (!inverted && AS_TRAINED[0] <= share && share <= AS_TRAINED[1]) return inkOf(sheet, { several });
  const side = long / INK;
  const left = main.x + (main.width - side) / 2, top = main.y + (main.height - side) / 2;
  const near = around(main, others, long, small);
  const low = paper + EDGE * reach / 2;
  const high = Math.max(percentile75(main.places.map((at) => strength.data[at])),
                        low + EDGE * reach / 2);
  const alone = map(strength, (v, at) => (near[at] ? clip((v - low) / (high - low), 0, 1) : 0));
  const { width, height } = small;
  return inkOf(sheet, {
    several,
    canvas: map(thickened(sampled(alone, left, top, side, side, CANVAS, CANVAS)),
                (v) => rint(v * BRIGHT * 255)),
    square: [left / width, top / height, side / width, side / height],
  });
}

// What is sent of a sheet's picture: by default the picture as it is.
export const inkOf = ({ inverted }, ink = {}) =>
  ({ found: true, inverted, canvas: null, square: [0, 0, 1, 1], doubts: [], several: false, ...ink });

// Tells ink from paper: the picture as looked at, how much ink there is, and its parts.
export function separate(grey, invert) {
  let small = calm(shrunk(grey));
  const table = invert === "no" ? null : sheetOf(small);
  if (table) small = withoutTable(small, table);
  const ground = borderMedian(small), light = isLightPaper(small, ground);
  const inverted = invert === "yes" || (invert === "auto" && light);
  if (light && !inverted) return { small, inverted, doubts: [LIGHT_PAPER], parts: [] };
  return { small, inverted, doubts: [], ...separated(small, ground, inverted) };
}

function separated(small, ground, inverted) {
  const sheet = toldApart(inverted ? onPaper(small) : map(small, (v) => clip(v - ground, 0, 255)));
  if (!inverted || !sheet.parts.length) return sheet;
  const plain = toldApart(withoutRules(sheet));
  return plain.parts.length ? plain : sheet;
}

function toldApart(strength) {
  const blurred = smooth(strength), paper = middle(blurred.data);
  const reach = highestOf(blurred.data) - paper;
  const isInk = (v) => Number(v > paper + EDGE * reach);
  return { strength, paper, reach, parts: reach < FAINTEST ? [] : partsOf(map(blurred, isInk)) };
}

function withoutRules({ strength, paper, reach }) {
  const blurred = map(smooth(strength), (v) => v - paper);
  const ink = map(blurred, (v) => Number(v > RULE * reach));
  let rules = rulesOf(ink);
  const found = blurred.data.filter((_, at) => rules.data[at]);
  if (found.length) {
    const most = OVER * middle(found);
    rules = map(rules, (rule, at) => Number(rule && blurred.data[at] <= most));
  }
  const near = grown(map(ink, (v, at) => Number(v && !rules.data[at])), 1);
  const flanks = grown(rules, 2);
  return map(strength, (v, at) =>
    (rules.data[at] || (flanks.data[at] && !near.data[at]) ? paper : v));
}

function calm(grey) {
  for (let times = 0; times < CALMED; times++) {
    const blurred = smooth(grey);
    const grain = grey.data.map((v, at) => Math.abs(v - blurred.data[at]));
    if (middle(grain) <= GRAIN) break;
    grey = blurred;
  }
  return grey;
}

function borderOf({ width, height }) {
  const places = [];
  for (let y = 0; y < height; y++) {
    const inner = y > 0 && y < height - 1;
    for (let x = 0; x < width; x += inner && width > 1 ? width - 1 : 1) places.push(y * width + x);
  }
  return places;
}

function borderMedian(grey) {
  return middle(borderOf(grey).map((at) => grey.data[at]));
}

function shrunk(grey) {
  const ratio = LARGEST / Math.max(grey.width, grey.height);
  if (ratio >= 1) return grey;
  const [width, height] = [grey.width, grey.height].map((side) => Math.max(1, rint(side * ratio)));
  return map(sampled(grey, 0, 0, grey.width, grey.height, width, height), rint);
}

// The part of a picture from a corner on, of a size, as columns x rows: the mean of what each covers.
function sampled(grey, left, top, across, down, columns, rows) {
  const { width, height, data } = grey;
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let line = 0;
    for (let x = 0; x < width; x++) {
      line += data[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + line;
    }
  }
  const edges = (from, length, count, most) =>
    Array.from({ length: count + 1 }, (_, at) => clip(from + at * (length / count), 0, most));
  const xs = edges(left, across, columns, width), ys = edges(top, down, rows, height);
  const table = { width: width + 1, height: height + 1, data: sums };
  const corners = grid(columns + 1, rows + 1, (x, y) => between(table, xs[x], ys[y]));
  const at = (x, y) => corners.data[y * (columns + 1) + x];
  const area = (across / columns) * (down / rows);
  return grid(columns, rows,
              (x, y) => (at(x + 1, y + 1) - at(x, y + 1) - at(x + 1, y) + at(x, y)) / area);
}

function between({ width, height, data }, x, y) {
  const left = Math.floor(x), top = Math.floor(y), share = x - left;
  const right = Math.min(left + 1, width - 1), bottom = Math.min(top + 1, height - 1);
  const line = (row) => data[row * width + left] * (1 - share) + data[row * width + right] * share;
  return line(top) * (1 - (y - top)) + line(bottom) * (y - top);
}

function isLightPaper(grey, ground) {
  const { data } = smooth(grey);
  return ground > LIGHT
    || (ground > DARK && ground - lowestOf(data) > highestOf(data) - ground);
}

function onPaper(grey) {
  const { width, height, data } = grey;
  const size = Math.max(1, Math.ceil(Math.max(width, height) / CELLS));
  const cells = grid(Math.ceil(width / size), Math.ceil(height / size), (column, row) => {
    const values = [];
    for (let y = row * size; y < Math.min(height, (row + 1) * size); y++) {
      for (let x = column * size; x < Math.min(width, (column + 1) * size); x++) {
        values.push(data[y * width + x]);
      }
    }
    return sorted(values)[Math.floor(values.length * 9 / 10)];
  });
  const paper = lowest(highest(cells));
  const place = (at, count) => clip((at + 0.5) / size - 0.5, 0, count - 1);
  return grid(width, height, (x, y) => {
    const bright = between(paper, place(x, paper.width), place(y, paper.height));
    return clip(255 * (1 - data[y * width + x] / Math.max(bright, 1)), 0, 255);
  });
}

const longOf = ({ width, height }) => Math.max(width, height);

function chosen(parts, { width, height }, paper) {
  const isWhole = (p) => p.x > 0 && p.y > 0 && p.x + p.width < width && p.y + p.height < height;
  const isEdge = (p) => p.width >= 0.8 * width || p.height >= 0.8 * height;
  const whole = parts.filter(isWhole), cut = parts.filter((p) => !isWhole(p) && !isEdge(p));
  let [main] = [...whole, ...cut, ...parts];
  if (cut.length && main.places.length < (paper ? 0.04 : 0.35) * cut[0].places.length) [main] = cut;
  const others = parts.filter((part) => part !== main);
  const belongs = (p) => longOf(p) < 0.7 * longOf(main) && gap(p, main) < 0.12 * longOf(main);
  const own = others.filter(belongs);
  return [own.reduce(joined, main), others.filter((part) => !own.includes(part))];
}

function gap(one, other) {
  return Math.max(one.x - other.x - other.width, other.x - one.x - one.width,
                  one.y - other.y - other.height, other.y - one.y - one.height, 0);
}

function joined(one, other) {
  const x = Math.min(one.x, other.x), y = Math.min(one.y, other.y);
  return { x, y, width: Math.max(one.x + one.width, other.x + other.width) - x,
           height: Math.max(one.y + one.height, other.y + other.height) - y,
           places: [...one.places, ...other.places] };
}

function isAlike(part, main) {
  const share = part.height / main.height;
  return 0.4 <= share && share <= 2.5 && part.places.length >= 0.2 * main.places.length;
}

// 1 for the main part and what is near it, without other parts.
function around(main, others, long, { width, height }) {
  const own = grid(width, height);
  for (const at of main.places) own.data[at] = 1;
  const near = grown(own, Math.max(2, Math.floor(long / 10))).data;
  for (const { places } of others) for (const at of places) near[at] = 0;
  return near;
}

export function percentile75(strengths) {
  const values = sorted(strengths), at = 0.75 * (values.length - 1), low = Math.floor(at);
  return values[low] + (values[Math.min(low + 1, values.length - 1)] - values[low]) * (at - low);
}

function thickened(drawn) {
  const ink = map(drawn, (v) => Number(v > 0.5));
  const count = ({ data }) => data.reduce((a, b) => a + b, 0);
  const area = count(ink), width = 2 * area / Math.max(area - count(lowest(ink)), 1);
  for (let left = Math.min(2, rint((STROKE - width) / 2)); left > 0; left--) drawn = highest(drawn);
  return drawn;
}
