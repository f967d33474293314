// Pictures as rows of numbers, and what is done to all of their pixels.

// A grey picture is { width, height, data }: data is a Float64Array, row by row.
export const grid = (width, height, value = (_x, _y) => 0) => {
  const data = new Float64Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) data[at] = value(x, y);
  }
  return { width, height, data };
};
export const map = ({ width, height, data }, change) => ({ width, height, data: data.map(change) });
export const clip = (value, low, high) => Math.min(Math.max(value, low), high);
export const highestOf = (data) => data.reduce((one, other) => Math.max(one, other), -Infinity);
export const lowestOf = (data) => data.reduce((one, other) => Math.min(one, other), Infinity);

// Half goes to the even number, as NumPy rounds.
export function rint(value) {
  const low = Math.floor(value), rest = value - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

export const sorted = (values) => Float64Array.from(values).sort();

// The median, the upper one of two.
export const middle = (values) => sorted(values)[values.length >> 1];

// Of each pixel and its eight neighbours, of which a border repeats its own.
function neighbours({ width, height, data }, combine) {
  return grid(width, height, (x, y) => {
    const left = Math.max(x - 1, 0), right = Math.min(x + 1, width - 1);
    const line = (row) => combine(
      combine(data[row * width + left], data[row * width + x]), data[row * width + right]);
    return combine(combine(line(Math.max(y - 1, 0)), line(y)), line(Math.min(y + 1, height - 1)));
  });
}
export const smooth = (grey) => map(neighbours(grey, (one, other) => one + other), (v) => v / 9);
export const highest = (grey) => neighbours(grey, Math.max);
export const lowest = (grey) => neighbours(grey, Math.min);

// Ink that hangs together, the part of most pixels first.
export function partsOf({ width, height, data }) {
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

// The pixels (0 or 1) that are so near to one that is 1, across and down.
export function grown({ width, height, data }, reach) {
  const across = new Uint8Array(data.length), all = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at]) across.fill(1, at - Math.min(x, reach), at + Math.min(width - 1 - x, reach) + 1);
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!across[y * width + x]) continue;
      const last = Math.min(height - 1, y + reach);
      for (let row = Math.max(0, y - reach); row <= last; row++) all[row * width + x] = 1;
    }
  }
  return { width, height, data: all };
}
