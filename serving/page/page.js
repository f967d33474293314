// The page: draws, asks a server that speaks TensorFlow Serving's REST, shows what it answers.
// ?api=http://HOST:PORT asks another server than this page's own, if the user agrees to that;
// ?model=NAME another model.

import { CANVAS, INK, findInk, greyOf } from "./ink.js";

const asked = new URLSearchParams(location.search);
const API = (asked.get("api") ?? "").replace(/\/+$/, "");
const MODEL = `${API}/v1/models/${encodeURIComponent(asked.get("model") ?? "digits")}`;
const PATIENCE_MS = 10_000;
const UNSURE_BELOW = 0.6;  // a digit that is less probable is a guess
const NOTICED_MS = 500;  // who waits for longer is told so

// What the model was trained on: ink of about this size on a canvas, with strokes about this thick,
// both as shares of the canvas. Strokes are known here, so that they can be sent like that.
const STROKE = 0.042;
const SMALLEST = 0.06;  // a dot is not enlarged to the size of a digit

// Strokes are lists of [x, y] in [0, 1] of the paper; `pen` is the width of a line, likewise.
const EXAMPLES = [
  ["M50 12C25 12 22 88 50 88C78 88 75 12 50 12"],
  ["M38 28L54 12L54 88"],
  ["M28 30C32 6 72 8 70 32C68 52 40 66 28 86L74 86"],
  ["M30 20C44 6 70 12 66 32C63 46 52 47 46 47C60 47 72 54 70 70C66 92 36 92 27 78"],
  ["M58 12L26 60L76 60", "M62 40L60 90"],
  ["M70 13L36 13L32 45C50 36 72 44 70 66C68 90 38 92 28 80"],
  ["M64 12C42 22 30 46 30 66C30 92 70 92 70 68C70 48 42 46 32 64"],
  ["M26 14L74 14C60 36 50 60 44 88"],
  ["M68 22C56 4 26 14 34 32C40 46 70 52 70 70C70 92 30 92 30 70C30 52 66 44 68 22"],
  ["M70 32C68 8 32 8 32 32C32 54 66 54 70 30C70 50 68 70 62 88"],
];

// ---------------------------------------------------------------- the picture that is sent

function boundsOf(strokes) {
  const xs = strokes.flat().map(([x]) => x), ys = strokes.flat().map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function paint(context, strokes, width, place) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = width;
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](...place(x, y)));
    if (stroke.length === 1) context.lineTo(...place(...stroke[0]));
    context.stroke();
  }
}

// White ink on black, as the model knows it. Gives the canvas and the square of the paper that it
// shows: [x, y, width, height].
export function pictureOf(strokes, ink = INK, thick = STROKE) {
  const [xmin, ymin, xmax, ymax] = boundsOf(strokes);
  const side = Math.max(xmax - xmin, ymax - ymin, SMALLEST) / (ink - thick);
  const left = (xmin + xmax - side) / 2, top = (ymin + ymax - side) / 2;
  const context = blackSquare(CANVAS);
  context.strokeStyle = "#e6e6e6";
  paint(context, strokes, thick * CANVAS,
        (x, y) => [(x - left) / side * CANVAS, (y - top) / side * CANVAS]);
  return { canvas: context.canvas, square: [left, top, side, side], found: true, doubts: [] };
}

function blackSquare(side) {
  const context = Object.assign(document.createElement("canvas"), { width: side, height: side })
    .getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#000";
  context.fillRect(0, 0, side, side);
  return context;
}

// A picture as pixels, with strokes over it in the colour of its ink.
const MOST_PIXELS = 16_000_000;  // that browsers on phones give a canvas

function pixelsOf(picture, strokes = [], ink = "#fff") {
  const ratio = Math.min(1, Math.sqrt(MOST_PIXELS / (picture.width * picture.height)));
  const [width, height] = [picture.width, picture.height].map((side) => Math.ceil(side * ratio));
  const context = Object.assign(document.createElement("canvas"), { width, height })
    .getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, width, height);
  const [left, top, across, down] = within(picture, 600).map((side) => side / 600);
  context.strokeStyle = ink;
  paint(context, strokes, state.pen / across * width,
        (x, y) => [(x - left) / across * width, (y - top) / down * height]);
  return greyOf(context.getImageData(0, 0, width, height));
}

// What is sent of a picture: its ink, light, as large as the model knows it, or all of it.
function squareOf(picture, strokes) {
  let ink = findInk(pixelsOf(picture));
  const grey = pixelsOf(picture, strokes, ink.inverted ? "#000" : "#fff");
  if (strokes.length) ink = findInk(grey, ink.inverted ? "yes" : "no");
  const [left, top, across, down] = within(picture, 600).map((side) => side / 600);
  const sent = ink.canvas ?? grey;
  const [x, y, width, height] = ink.square;
  return {
    canvas: canvasOf(sent), found: ink.found, doubts: ink.doubts, several: ink.several,
    square: [left + x * across, top + y * down, width * across, height * down],
  };
}

function canvasOf({ width, height, data }) {
  const context = Object.assign(document.createElement("canvas"), { width, height })
    .getContext("2d");
  const pixels = context.createImageData(width, height);
  data.forEach((value, at) => pixels.data.set([value, value, value, 255], 4 * at));
  context.putImageData(pixels, 0, 0);
  return context.canvas;
}

function within(picture, side) {
  const ratio = side / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * ratio));
  const height = Math.max(1, Math.round(picture.height * ratio));
  return [Math.floor((side - width) / 2), Math.floor((side - height) / 2), width, height];
}

// ---------------------------------------------------------------- the server

let agreed = ["", location.origin].includes(API) || undefined;

// Anybody can make a link with ?api= in it.
function agreement() {
  agreed ??= confirm(`Send what you draw here to ${API}?`);
  if (!agreed) throw new Error(`Nothing is sent to ${API}, as you did not agree; reload to be asked again.`);
}

async function answerOf(path, body) {
  let response;
  agreement();
  try {
    // A body of plain text spares a server elsewhere the browser's question before each request.
    response = await fetch(MODEL + path, {
      method: body ? "POST" : "GET", body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    throw new Error(error.name === "TimeoutError"
      ? `The server has not answered for ${PATIENCE_MS / 1000} seconds.`
      : API ? `${API} cannot be reached. Is it running, with --rest_api_enable_cors_support?`
            : "The server cannot be reached. Is it running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(`The server refuses: ${answer.error ?? response.status}`);
  return answer;
}

async function predict(picture, version) {
  const b64 = picture.canvas.toDataURL("image/png").split(",")[1];
  const began = performance.now();
  const { predictions: [row] } =
    await answerOf(`${version && "/versions/" + version}:predict`, { instances: [{ b64 }] });
  const [x, y, width, height] = picture.square;
  const box = row.box.map((edge, at) => (at % 2 ? y + edge * height : x + edge * width));
  const digit = Number(row.digit), { probabilities } = row;
  const low = probabilities[digit] < UNSURE_BELOW ? ["low confidence"] : [];
  const more = picture.several ? ["more than one digit"] : [];
  return { digit, probabilities, box, doubts: [...low, ...more, ...picture.doubts],
           latency: performance.now() - began };
}

// ---------------------------------------------------------------- what is on the paper

const $ = (id) => document.getElementById(id);
const canvas = $("canvas"), context = canvas.getContext("2d");
const state = { strokes: [], picture: null, past: [], pen: 20 / 600, at: [0.5, 0.5], down: false };
const frozen = ({ strokes, picture }) => ({ strokes: strokes.map((s) => [...s]), picture });

function remember() {
  state.past.push(frozen(state));
}

function put(strokes, picture = null) {
  remember();
  Object.assign(state, { strokes, picture, down: false });
  changed();
}

function undo() {
  Object.assign(state, state.past.pop(), { down: false });
  changed();
}

function clear() {
  if (state.strokes.length || state.picture) put([]);
}

function changed() {
  redraw();
  read();
}

function redraw() {
  const side = canvas.width;
  context.clearRect(0, 0, side, side);
  if (state.picture) context.drawImage(state.picture, ...within(state.picture, side));
  context.strokeStyle = getComputedStyle(canvas).color;
  paint(context, state.strokes, state.pen * side, (x, y) => [x * side, y * side]);
  if (document.activeElement === canvas && canvas.matches(":focus-visible")) drawPen(side);
  $("hint").hidden = state.strokes.length > 0 || state.picture !== null;
  $("undo").disabled = state.past.length === 0;
  $("clear").disabled = !$("hint").hidden;
}

function drawPen(side) {
  context.beginPath();
  context.arc(state.at[0] * side, state.at[1] * side, state.pen * side / 2 + 6, 0, 7);
  context.lineWidth = state.down ? 6 : 3;
  context.stroke();
}

// ---------------------------------------------------------------- mouse, finger and pen

const placeOf = (event) => {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / height];
};
let drawing = null;

canvas.addEventListener("pointerdown", (event) => {
  if (drawing !== null || event.button) return;
  drawing = event.pointerId;
  canvas.setPointerCapture(drawing);
  remember();
  state.down = false;
  state.strokes.push([placeOf(event)]);
  changed();
});
canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drawing) return;
  const events = event.getCoalescedEvents?.() ?? [];
  state.strokes.at(-1).push(...(events.length ? events : [event]).map(placeOf));
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
    state.at = state.at.map((value, axis) => Math.min(1, Math.max(0, value + arrow[axis] * step)));
    if (state.down) state.strokes.at(-1).push([...state.at]);
    state.down ? changed() : redraw();
  } else if (event.key === " ") {
    state.down = !state.down;
    if (state.down) {
      remember();
      state.strokes.push([[...state.at]]);
    }
    say(state.down ? "Pen down" : "Pen up");
    changed();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    clear();
  } else {
    return;
  }
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && state.past.length) {
    event.preventDefault();
    undo();
  }
});
for (const change of ["focus", "blur"]) canvas.addEventListener(change, redraw);

// ---------------------------------------------------------------- pictures

async function take(file) {
  if (!file) return;
  try {
    put([], await createImageBitmap(file));
  } catch {
    trouble(`${file.name || "What was pasted"} is not a picture that can be read.`);
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

// ---------------------------------------------------------------- what is read

let busy = false, again = false;

// One request at a time; what changes meanwhile is asked for once it has been answered.
async function read() {
  again = true;
  if (busy) return;
  busy = true;
  while (again) {
    again = false;
    await ask();
  }
  busy = false;
}

async function ask() {
  if (!state.strokes.length && !state.picture) return show([]);
  const picture = state.picture ? squareOf(state.picture, state.strokes) : pictureOf(state.strokes);
  if (!picture.found) {
    show([]);
    return sayInPlaceOfLatency("no ink: no digit");
  }
  const waiting = setTimeout(() => sayInPlaceOfLatency("waiting …"), NOTICED_MS);
  try {
    const answers = [];
    for (const { value } of chosen()) answers.push(await predict(picture, value));
    if (state.strokes.length || state.picture) show(answers);
    trouble("");
  } catch (error) {
    trouble(error.message);
    sayInPlaceOfLatency("");
  } finally {
    clearTimeout(waiting);
  }
}

function sayInPlaceOfLatency(text) {
  document.querySelectorAll(".latency").forEach((line) => { line.textContent = text; });
}

const chosen = () => [$("version"), $("other")].filter((s) => s.value !== "none")
  .map(({ value }) => ({ value, name: value ? `Version ${value}` : "Newest version" }));

function arrange() {
  $("answers").replaceChildren(...chosen().map(({ name }, at) => {
    const article = $("answer").content.cloneNode(true).firstElementChild;
    article.classList.toggle("second", at === 1);
    article.querySelector("h3").textContent = name;
    article.querySelector("ol").innerHTML = "<li><span></span><i></i><b></b></li>".repeat(10);
    article.querySelectorAll("li span").forEach((digit, n) => { digit.textContent = n; });
    return article;
  }));
  document.querySelectorAll(".box").forEach((box) => box.remove());
  changed();
}

function show(answers) {
  document.querySelectorAll(".box").forEach((box) => box.remove());
  document.querySelectorAll("article").forEach((article, at) => fill(article, answers[at]));
  answers.forEach(({ box: [xmin, ymin, xmax, ymax], digit }, at) => {
    const box = document.createElement("div");
    box.className = "box";
    box.classList.toggle("second", at === 1);
    box.classList.toggle("high", ymin < 0.06);
    box.classList.toggle("low", ymax > 0.94);
    const share = (value) => `${100 * value}%`;
    Object.assign(box.style, { left: share(xmin), top: share(ymin),
                               width: share(xmax - xmin), height: share(ymax - ymin) });
    box.append(Object.assign(document.createElement("span"), { textContent: digit }));
    $("paper").append(box);
  });
  sayLater(answers);
}

function fill(article, answer) {
  article.querySelector(".digit").textContent = answer ? answer.digit : "–";
  article.querySelector(".latency").textContent = answer
    ? [`${answer.latency.toFixed(0)} ms`, ...answer.doubts].join(" · unsure: ") : "";
  article.querySelectorAll("li").forEach((row, digit) => {
    const share = answer ? answer.probabilities[digit] : 0;
    row.classList.toggle("best", digit === answer?.digit);
    row.querySelector("i").style.transform = `scaleX(${share})`;
    row.querySelector("b").textContent = answer ? `${(100 * share).toFixed(1)}%` : "";
  });
}

const say = (text) => { $("said").textContent = text; };
let saying;

// A screen reader hears what is read when the drawing rests, not at each move.
function sayLater(answers) {
  clearTimeout(saying);
  saying = setTimeout(() => say(answers.map(({ digit, probabilities }, at) =>
    `${chosen()[at].name} reads ${digit}, ${Math.round(100 * probabilities[digit])} percent.`
  ).join(" ")), 700);
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
  $("answers").classList.toggle("stale", Boolean(text));
}

// ---------------------------------------------------------------- versions and examples

async function listVersions() {
  let versions = [];
  try {
    const { model_version_status } = await answerOf("");
    versions = model_version_status.filter(({ state: s }) => s === "AVAILABLE")
      .map(({ version }) => version).sort((a, b) => b - a);
    trouble(versions.length ? "" : "The server has no version that can be asked.");
  } catch (error) {
    trouble(error.message);
  }
  const options = versions.map((version) => new Option(version, version));
  const [version, other] = [$("version").value, $("other").value];
  $("version").replaceChildren(new Option("newest", ""), ...options);
  $("other").replaceChildren(new Option("no other", "none"), ...options.map((o) => o.cloneNode(true)));
  if (versions.includes(version)) $("version").value = version;
  if (versions.includes(other)) $("other").value = other;
}

function strokesOf(paths) {
  return paths.map((d) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    const length = path.getTotalLength();
    return Array.from({ length: 40 }, (_, at) => {
      const { x, y } = path.getPointAtLength(length * at / 39);
      return [0.2 + 0.006 * x, 0.2 + 0.006 * y];
    });
  });
}

EXAMPLES.forEach((paths, digit) => {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.setAttribute("aria-label", `Example: ${digit}`);
  button.innerHTML = `<svg viewBox="0 0 100 100" aria-hidden="true">${
    paths.map((d) => `<path d="${d}"/>`).join("")}</svg>`;
  button.addEventListener("click", () => put(strokesOf(paths)));
  $("examples").append(button);
});
$("undo").addEventListener("click", undo);
$("clear").addEventListener("click", clear);
$("pen").addEventListener("input", ({ target }) => {
  state.pen = target.value / 600;
  changed();
});
for (const id of ["version", "other"]) {
  $(id).addEventListener("change", arrange);
  $(id).addEventListener("pointerdown", listVersions);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
await listVersions();
arrange();
