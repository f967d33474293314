// What is sent of the paper: white ink on black, as large and as thick as models are trained on.
// Each function gives { canvas, square, found, several, doubts }: the picture, the part of the paper
// that it shows ([x, y, width, height]), whether there is ink, whether there is more than one part of
// it, and why the answer may be wrong. Of strokes also `spread`: how far ink on the paper reaches
// beyond what is sent of it, as a share of the paper's width.

import { CANVAS, INK, findInk, greyOf } from "./ink.js";
import { findLine, MARGIN } from "./line.js";
import { boundsOf, paint, placeOnPaper } from "./strokes.js";

// Strokes in training are about this thick, as a share of the canvas. Those drawn here are known, so
// that they can be sent like that.
const STROKE = 0.042;
const SMALLEST = 0.06;  // a dot is not enlarged to the size of a drawing
const MOST_PIXELS = 16_000_000;  // that browsers on phones give a canvas
const PAPER = 600;
const WIDE = 1200;
const LINE = 120, LINE_STROKE = 0.12;  // pixels that a line is high, and the share of that of a stroke

export function sentOfStrokes({ strokes, pen }, ink = INK, thick = STROKE) {
  const [xmin, ymin, xmax, ymax] = boundsOf(strokes);
  const side = Math.max(xmax - xmin, ymax - ymin, SMALLEST) / (ink - thick);
  const left = (xmin + xmax - side) / 2, top = (ymin + ymax - side) / 2;
  const context = contextOf(CANVAS, CANVAS);
  context.fillStyle = "#000";
  context.fillRect(0, 0, CANVAS, CANVAS);
  context.strokeStyle = "#e6e6e6";
  paint(context, strokes, thick * CANVAS,
        (x, y) => [(x - left) / side * CANVAS, (y - top) / side * CANVAS]);
  return { canvas: context.canvas, square: [left, top, side, side], found: true,
           several: findInk(greyOf(context.getImageData(0, 0, CANVAS, CANVAS))).several,
           doubts: [], spread: Math.max(0, (pen - thick * side) / 2) };
}

// Of a picture with strokes over it: its ink, light, as large as models know it, or all of it.
export function sentOfPicture(picture, strokes, pen, paperHeight = 1, find = findInk) {
  let ink = find(greyOfPicture(picture));
  const grey = greyOfPicture(picture, strokes, pen, ink.inverted ? "#000" : "#fff", paperHeight);
  if (strokes.length) ink = find(grey, ink.inverted ? "yes" : "no");
  const [left, top, across, down] = placeOf(picture, paperHeight);
  const [x, y, width, height] = ink.square;
  return {
    canvas: canvasOf(ink.canvas ?? grey),
    square: [left + x * across, top + y * down, width * across, height * down],
    found: ink.found, several: ink.several, doubts: ink.doubts,
  };
}

// All ink of the paper as one line, for models that read several objects at once.
export function sentOfLine({ strokes, picture, pen, height }) {
  if (picture) return sentOfPicture(picture, strokes, pen, height, findLine);
  const [xmin, ymin, xmax, ymax] = boundsOf(strokes);
  const high = Math.max(ymax - ymin, (xmax - xmin) / 10, SMALLEST);
  const margin = MARGIN * high, scale = LINE / high;
  const across = xmax - xmin + 2 * margin, down = high + 2 * margin;
  const left = xmin - margin, top = (ymin + ymax - down) / 2;
  const context = contextOf(Math.ceil(across * scale), Math.ceil(down * scale));
  context.fillStyle = "#000";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.strokeStyle = "#e6e6e6";
  paint(context, strokes, LINE_STROKE * LINE, (x, y) => [(x - left) * scale, (y - top) * scale]);
  return { canvas: context.canvas, square: [left, top / height, across, down / height], found: true,
           several: false, doubts: [], spread: Math.max(0, (pen - LINE_STROKE * high) / 2) };
}

// Where a picture lies on paper: [left, top, width, height], as shares of the paper's.
function placeOf(picture, height) {
  const [left, top, across, down] = placeOnPaper(picture, PAPER, PAPER * height);
  const [wide, high] = [PAPER, PAPER * height];
  return [left / wide, top / high, across / wide, down / high];
}

// A picture's pixels, with strokes over it in a colour.
function greyOfPicture(picture, strokes = [], pen = 0, colour = "#fff", paperHeight = 1) {
  const ratio = Math.min(1, Math.sqrt(MOST_PIXELS / (picture.width * picture.height)));
  const [width, height] = [picture.width, picture.height].map((side) => Math.ceil(side * ratio));
  const context = contextOf(width, height);
  context.drawImage(picture, 0, 0, width, height);
  const [left, top, across, down] =
    placeOnPaper(picture, PAPER, PAPER * paperHeight).map((side) => side / PAPER);
  context.strokeStyle = colour;
  paint(context, strokes, pen / across * width,
        (x, y) => [(x - left) / across * width, (y - top) / down * height]);
  return greyOf(context.getImageData(0, 0, width, height));
}

// All of the paper, for a server that finds what is on it: dark strokes on white, or the picture with
// the strokes over it.
export function sentOfPaper({ strokes, picture, pen, height }) {
  if (picture) {
    const { inverted } = findInk(greyOfPicture(picture));
    const grey = greyOfPicture(picture, strokes, pen, inverted ? "#000" : "#fff", height);
    return { canvas: canvasOf(grey), square: placeOf(picture, height), found: true, inverted };
  }
  const context = contextOf(WIDE, Math.round(WIDE * height));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.strokeStyle = "#000";
  paint(context, strokes, pen * WIDE, (x, y) => [x * WIDE, y * WIDE]);
  return { canvas: context.canvas, square: [0, 0, 1, 1], found: true, inverted: true };
}

// All of the paper, light on dark, for models that find for themselves what there is.
export function sentOfAll(paper) {
  const sent = sentOfPaper(paper);
  return { ...sent, canvas: sent.inverted ? inverse(sent.canvas) : sent.canvas, several: false,
           doubts: [] };
}

function canvasOf({ width, height, data }) {
  const context = contextOf(width, height);
  const pixels = context.createImageData(width, height);
  data.forEach((value, at) => pixels.data.set([value, value, value, 255], 4 * at));
  context.putImageData(pixels, 0, 0);
  return context.canvas;
}

// Dark ink on light paper, for a model that was trained on that.
export function inverse(canvas) {
  const { width, height } = canvas, context = contextOf(width, height);
  context.drawImage(canvas, 0, 0);
  context.globalCompositeOperation = "difference";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  return context.canvas;
}

function contextOf(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height })
    .getContext("2d", { willReadFrequently: true });
}
