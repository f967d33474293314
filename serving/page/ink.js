// Finds the ink in a picture and draws it as the model was trained: light, alone, of one size.
// `serving/ink.py` does the same for `digits predict`, to the pixel; a test compares them, and what
// each constant and step is for stands there.

export const CANVAS = 150, INK = 0.28;
const AS_TRAINED = [0.15, 0.55], LARGEST = 600, LIGHT = 127, DARK = 60, CELLS = 8, FAINTEST = 32;
const EDGE = 0.35, BRIGHT = 0.9, STROKE = 6, WIDE = 1.5;
export const LIGHT_PAPER = "light paper, not inverted";

// A grey picture is { width, height, data }: data is a Float64Array, row by row.
const grid = (width, height, value = (_x, _y) => 0) => {
  const data = new Float64Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) data[at] = value(x, y);
  }
  return { width, height, data };
};
const map = ({ width, height, data }, change) => ({ width, height, data: data.map(change) });
const clip = (value, low, high) => Math.min(Math.max(value, low), high);
const highestOf = (data) => data.reduce((one, other) => Math.max(one, other), -Infinity);
const lowestOf = (data) => data.reduce((one, other) => Math.min(one, other), Infinity);

// Half goes to the even number, as NumPy rounds.
function rint(value) {
  const low = Math.floor(value), rest = value - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

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
  const small = shrunk(grey), ground = borderMedian(small), light = isLightPaper(small, ground);
  const inverted = invert === "yes" || (invert === "auto" && light);
  const asItIs = (found, { doubts = [], several = false } = {}) =>
    ({ found, inverted, canvas: null, square: [0, 0, 1, 1], doubts, several });
  if (light && !inverted) return asItIs(true, { doubts: [LIGHT_PAPER] });
  const strength = inverted ? onPaper(small) : map(small, (v) => clip(v - ground, 0, 255));
  const blurred = smooth(strength), paper = middle(Array.from(blurred.data));
  const reach = highestOf(blurred.data) - paper;
  if (reach < FAINTEST) return asItIs(false);
  const parts = partsOf(map(blurred, (v) => Number(v > paper + EDGE * reach)));
  const [main, others] = chosen(parts, small, inverted);
  const several = main.width > WIDE * main.height || others.some((other) => isAlike(other, main));
  const long = longOf(main), share = long / Math.max(small.width, small.height);
  if (!inverted && AS_TRAINED[0] <= share && share <= AS_TRAINED[1]) return asItIs(true, { several });
  const side = long / INK;
  const left = main.x + (main.width - side) / 2, top = main.y + (main.height - side) / 2;
  const near = around(main, others, long, small);
  const low = paper + EDGE * reach / 2;
  const high = Math.max(percentile75(main.places.map((at) => strength.data[at])),
                        low + EDGE * reach / 2);
  const alone = map(strength, (v, at) => (near[at] ? clip((v - low) / (high - low), 0, 1) : 0));
  const { width, height } = small;
  return {
    found: true, inverted, doubts: [], several,
    canvas: map(thickened(sampled(alone, left, top, side, side, CANVAS, CANVAS)),
                (v) => rint(v * BRIGHT * 255)),
    square: [left / width, top / height, side / width, side / height],
  };
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

const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];

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

// Of each pixel and its eight neighbours, of which a border repeats its own.
function neighbours({ width, height, data }, combine) {
  return grid(width, height, (x, y) => {
    const left = Math.max(x - 1, 0), right = Math.min(x + 1, width - 1);
    const line = (row) => combine(
      combine(data[row * width + left], data[row * width + x]), data[row * width + right]);
    return combine(combine(line(Math.max(y - 1, 0)), line(y)), line(Math.min(y + 1, height - 1)));
  });
}
const smooth = (grey) => map(neighbours(grey, (one, other) => one + other), (v) => v / 9);
const highest = (grey) => neighbours(grey, Math.max);
const lowest = (grey) => neighbours(grey, Math.min);

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
    return values.sort((a, b) => a - b)[Math.floor(values.length * 9 / 10)];
  });
  const paper = lowest(highest(cells));
  const place = (at, count) => clip((at + 0.5) / size - 0.5, 0, count - 1);
  return grid(width, height, (x, y) => {
    const bright = between(paper, place(x, paper.width), place(y, paper.height));
    return clip(255 * (1 - data[y * width + x] / Math.max(bright, 1)), 0, 255);
  });
}

// Ink that hangs together, the part of most pixels first.
function partsOf({ width, height, data }) {
  const seen = new Uint8Array(data.length), parts = [];
  for (let start = 0; start < data.length; start++) {
    if (!data[start] || seen[start]) continue;
    const places = [start];
    seen[start] = 1;
    let [xmin, ymin, xmax, ymax] = [width, height, 0, 0];
    for (let next = 0; next < places.length; next++) {
      const x = places[next] % width, y = Math.floor(places[next] / width);
      [xmin, ymin] = [Math.min(xmin, x), Math.min(ymin, y)];
      [xmax, ymax] = [Math.max(xmax, x), Math.max(ymax, y)];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const at = row * width + column;
          if (data[at] && !seen[at]) {
            seen[at] = 1;
            places.push(at);
          }
        }
      }
    }
    parts.push({ x: xmin, y: ymin, width: xmax - xmin + 1, height: ymax - ymin + 1, places });
  }
  return parts.sort((one, other) => other.places.length - one.places.length);
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
  const reach = Math.max(2, Math.floor(long / 10));
  const across = new Uint8Array(width * height), near = new Uint8Array(width * height);
  for (const at of main.places) {
    const x = at % width;
    across.fill(1, at - Math.min(x, reach), at + Math.min(width - 1 - x, reach) + 1);
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!across[y * width + x]) continue;
      const last = Math.min(height - 1, y + reach);
      for (let row = Math.max(0, y - reach); row <= last; row++) near[row * width + x] = 1;
    }
  }
  for (const { places } of others) for (const at of places) near[at] = 0;
  return near;
}

function percentile75(values) {
  values.sort((a, b) => a - b);
  const at = 0.75 * (values.length - 1), low = Math.floor(at);
  return values[low] + (values[Math.min(low + 1, values.length - 1)] - values[low]) * (at - low);
}

function thickened(drawn) {
  const ink = map(drawn, (v) => Number(v > 0.5));
  const count = ({ data }) => data.reduce((a, b) => a + b, 0);
  const area = count(ink), width = 2 * area / Math.max(area - count(lowest(ink)), 1);
  for (let left = Math.min(2, rint((STROKE - width) / 2)); left > 0; left--) drawn = highest(drawn);
  return drawn;
}
