// The paper: what is drawn on it with mouse, finger, pen or keys, a picture that lies under it, and
// what was there before.

import { $, say, showTrouble } from "./status.js";
import { paint, placeOnPaper } from "./strokes.js";

const canvas = $("canvas"), context = canvas.getContext("2d");
const past = [];
let penAt = [0.5, 0.5], penDown = false, drawing = null, notify = () => {};

// `height`, and `pen`, the width of a line, are shares of the paper's width.
export const paper = { strokes: [], picture: null, pen: 20 / 600, height: 1 };
export const isEmpty = () => !paper.strokes.length && !paper.picture;
export const onChange = (call) => { notify = call; };

export function put(strokes, picture = null) {
  remember();
  Object.assign(paper, { strokes, picture });
  penDown = false;
  changed();
}

// Empty paper, without a past.
export function newPaper({ across, height }) {
  Object.assign(paper, { strokes: [], picture: null, height });
  Object.assign(canvas, { width: across, height: Math.round(across * height) });
  $("paper").style.setProperty("--height", height);
  past.length = 0;
  [penAt, penDown] = [[0.5, height / 2], false];
}

function remember() {
  const { strokes, picture } = paper;
  past.push({ strokes: strokes.map((stroke) => [...stroke]), picture });
}

function undo() {
  Object.assign(paper, past.pop());
  penDown = false;
  changed();
}

function clear() {
  if (!isEmpty()) put([]);
}

export function changed() {
  redraw();
  notify();
}

export function redraw() {
  const side = canvas.width;
  context.clearRect(0, 0, side, canvas.height);
  if (paper.picture) {
    context.drawImage(paper.picture, ...placeOnPaper(paper.picture, side, canvas.height));
  }
  context.strokeStyle = getComputedStyle(canvas).color;
  paint(context, paper.strokes, paper.pen * side, (x, y) => [x * side, y * side]);
  if (document.activeElement === canvas && canvas.matches(":focus-visible")) drawPen(side);
  $("hint").hidden = !isEmpty();
  $("undo").disabled = past.length === 0;
  $("clear").disabled = isEmpty();
}

function drawPen(side) {
  context.beginPath();
  context.arc(penAt[0] * side, penAt[1] * side, paper.pen * side / 2 + 6, 0, 7);
  context.lineWidth = penDown ? 6 : 3;
  context.stroke();
}

// ---------------------------------------------------------------- mouse, finger and pen

const placeOf = (event) => {
  const { left, top, width } = canvas.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / width];
};

canvas.addEventListener("pointerdown", (event) => {
  if (drawing !== null || event.button) return;
  drawing = event.pointerId;
  canvas.setPointerCapture(drawing);
  remember();
  penDown = false;
  paper.strokes.push([placeOf(event)]);
  changed();
});
canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drawing) return;
  const events = event.getCoalescedEvents?.() ?? [];
  paper.strokes.at(-1).push(...(events.length ? events : [event]).map(placeOf));
  changed();
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, (event) => {
    if (event.pointerId === drawing) drawing = null;
  });
}

// ---------------------------------------------------------------- keys

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener("keydown", (event) => {
  const arrow = ARROWS[event.key];
  if (arrow) {
    const step = event.shiftKey ? 0.1 : 0.02;
    penAt = penAt.map((value, axis) =>
      Math.min(axis ? paper.height : 1, Math.max(0, value + arrow[axis] * step)));
    if (penDown) paper.strokes.at(-1).push([...penAt]);
    penDown ? changed() : redraw();
  } else if (event.key === " ") {
    penDown = !penDown;
    if (penDown) {
      remember();
      paper.strokes.push([[...penAt]]);
    }
    say(penDown ? "Pen down" : "Pen up");
    changed();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    clear();
  } else {
    return;
  }
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && past.length) {
    event.preventDefault();
    undo();
  }
});
for (const change of ["focus", "blur"]) canvas.addEventListener(change, redraw);

// ---------------------------------------------------------------- buttons and pictures

$("undo").addEventListener("click", undo);
$("clear").addEventListener("click", clear);
$("pen").addEventListener("input", ({ target }) => {
  paper.pen = target.value / 600;
  changed();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

async function take(file) {
  if (!file) return;
  try {
    put([], await createImageBitmap(file));
  } catch {
    showTrouble(`${file.name || "What was pasted"} is not a picture that can be read.`);
  }
}

$("file").addEventListener("change", ({ target }) => take(target.files[0]).then(() => {
  target.value = "";  // so that the same file can be chosen again
}));
document.addEventListener("paste", ({ clipboardData }) => take(clipboardData.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $("paper").classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files[0]);
  });
}
