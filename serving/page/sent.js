// What is sent of the paper: white ink on black, as large and as thick as models are trained on.
// Each function gives { canvas, square, found, several, doubts }: the picture, the part of the paper
// that it shows ([x, y, width, height]), whether there is ink, whether there is more than one part of
// it, and why the answer may be wrong.

import { CANVAS, INK, findInk, greyOf } from "./ink.js";
import { boundsOf, paint, placeOnPaper } from "./strokes.js";

// Strokes in training are about this thick, as a share of the canvas. Those drawn here are known, so
// that they can be sent like that.
const STROKE = 0.042;
const SMALLEST = 0.06;  // a dot is not enlarged to the size of a drawing
const MOST_PIXELS = 16_000_000;  // that browsers on phones give a canvas
const PAPER = 600;
const WIDE = 1200;

export function sentOfStrokes(strokes, ink = INK, thick = STROKE) {
  const [xmin, ymin, xmax, ymax] = boundsOf(strokes);
  const side = Math.max(xmax - xmin, ymax - ymin, SMALLEST) / (ink - thick);
  const left = (xmin + xmax - side) / 2, top = (ymin + ymax - side) / 2;
  const context = contextOf(CANVAS, CANVAS);
  context.fillStyle = "#000";
  context.fillRect(0, 0, CANVAS, CANVAS);
  context.strokeStyle = "#e6e6e6";
  paint(context, strokes, thick * CANVAS,
        (x, y) => [(x - left) / side * CANVAS, (y - top) / side * CANVAS]);
  return { canvas: context.canvas, square: [left, top, side, side], found: true, several: false,
           doubts: [] };
}

// Of a picture with strokes over it: its ink, light, as large as models know it, or all of it.
export function sentOfPicture(picture, strokes, pen) {
  let ink = findInk(greyOfPicture(picture));
  const grey = greyOfPicture(picture, strokes, pen, ink.inverted ? "#000" : "#fff");
  if (strokes.length) ink = findInk(grey, ink.inverted ? "yes" : "no");
  const [left, top, across, down] = placeOnPaper(picture, PAPER).map((side) => side / PAPER);
  const [x, y, width, height] = ink.square;
  return {
    canvas: canvasOf(ink.canvas ?? grey),
    square: [left + x * across, top + y * down, width * across, height * down],
    found: ink.found, several: ink.several, doubts: ink.doubts,
  };
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
    const [left, top, across, down] = placeOnPaper(picture, PAPER, PAPER * height);
    const [wide, high] = [PAPER, PAPER * height];
    return { canvas: canvasOf(grey), square: [left / wide, top / high, across / wide, down / high],
             found: true };
  }
  const context = contextOf(WIDE, Math.round(WIDE * height));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.strokeStyle = "#000";
  paint(context, strokes, pen * WIDE, (x, y) => [x * WIDE, y * WIDE]);
  return { canvas: context.canvas, square: [0, 0, 1, 1], found: true };
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
