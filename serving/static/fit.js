// Fits a grey picture to a model's canvas, as `trainer/preprocessing.py` does it in the model's graph.

import { clip, grid, rint, sorted } from "./grid.js";

// Of a picture in 0 to 255: `data`, the canvas in 0 to 1, row by row, and `frame`, the part of it that
// the picture fills, as (xmin, ymin, xmax, ymax) in shares of it.
export function fitted(picture, { width, height }) {
  const ratio = Math.min(width / picture.width, height / picture.height);
  const across = clip(rint(picture.width * ratio), 1, width);
  const down = clip(rint(picture.height * ratio), 1, height);
  const scaled = scaledTo(picture, across, down), border = borderOf(scaled);
  const left = Math.floor((width - across) / 2), top = Math.floor((height - down) / 2);
  const canvas = grid(width, height, (x, y) => {
    const [column, row] = [x - left, y - top];
    const inside = column >= 0 && column < across && row >= 0 && row < down;
    return inside ? scaled.data[row * across + column] : border;
  });
  return {
    data: canvas.data.map((value) => value / 255),
    frame: [left / width, top / height, (left + across) / width, (top + down) / height],
  };
}

// TensorFlow's ScaleAndTranslate with a triangle and antialias.
function scaledTo(picture, across, down) {
  if (picture.width === across && picture.height === down) return picture;
  const columns = spans(picture.width, across), rows = spans(picture.height, down);
  const narrow = grid(across, picture.height, (x, y) =>
    columns[x].reduce((sum, [at, weight]) => sum + weight * picture.data[y * picture.width + at], 0));
  return grid(across, down, (x, y) =>
    clip(rows[y].reduce((sum, [at, weight]) => sum + weight * narrow.data[at * across + x], 0), 0, 255));
}

// For each pixel of a side, [place, weight] of what it is made of; weights sum to 1.
function spans(from, to) {
  const step = from / to, reach = Math.max(step, 1);
  return Array.from({ length: to }, (_, pixel) => {
    const middle = (pixel + 0.5) * step;
    const first = Math.max(0, Math.ceil(middle - reach - 0.5));
    const last = Math.min(from - 1, Math.floor(middle + reach - 0.5));
    const weights = Array.from({ length: last - first + 1 }, (_, at) =>
      [first + at, Math.max(0, 1 - Math.abs(first + at + 0.5 - middle) / reach)]);
    const sum = weights.reduce((all, [, weight]) => all + weight, 0);
    return weights.map(([at, weight]) => [at, weight / sum]);
  });
}

// The median of the outermost pixels, of which those in corners count twice.
function borderOf({ width, height, data }) {
  const across = (y) => data.slice(y * width, (y + 1) * width);
  const down = (x) => data.filter((_, at) => at % width === x);
  const values = sorted([...across(0), ...across(height - 1), ...down(0), ...down(width - 1)]);
  return values[values.length >> 1];
}
