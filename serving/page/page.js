// The page: draws, asks a server, shows what it answers. What that is, the task's script knows:
// `task.js`, which the server gives for the task of the model that it serves.

import { correct } from "./collect.js";
import { offer } from "./copies.js";
import * as generic from "./outputs.js";
import { changed, isEmpty, newPaper, onChange, paper, put } from "./paper.js";
import { inverse, sentOfAll, sentOfLine, sentOfPaper, sentOfPicture, sentOfStrokes } from "./sent.js";
import { ALONE, availableVersions, askAbout, cardOf, figuresOf } from "./server.js";
import { inStages } from "./stages.js";
import { $, note, say, sayInPlaceOfLatency, sayLater, showTrouble } from "./status.js";
import { boundsOf, moved, strokesOf } from "./strokes.js";
import { dateOf, entryOf, titleOf } from "./versions.js";

// What the classes are called, undefined where no version says so; and the card of a model that finds
// what this one reads.
const { class_names: names, finder } = await cardOf("").catch(() => ({}));
const script = { ...generic, ...await import("./task.js"), ...ALONE ? { ALL: null } : {} };
const task = finder
  ? inStages(script, { ...generic, ...await import("./finder.js") }, finder.class_names) : script;
const NOTICED_MS = 500;  // who waits for longer is told so
// By what of it is sent.
const SHEETS = { part: { across: 600, height: 1 }, line: { across: 1200, height: 0.4 },
                 all: { across: 800, height: 0.75 } };
const MIDDLE = { left: 0.2, top: 0.2, side: 0.6 };  // of an example
const EXAMPLE = 0.19;  // side of an example on the wide paper, where they stand side by side

const isAll = () => $("all").checked;
const way = () => (isAll() ? task.ALL : task);

// ---------------------------------------------------------------- asking

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
  if (isEmpty()) return show([]);
  const asked = way(), sent = sentOf(paper);
  if (!sent.found) return show([], task.NOTHING);
  const waiting = setTimeout(() => sayInPlaceOfLatency("waiting …"), NOTICED_MS);
  try {
    const answers = [];
    for (const { value } of chosen()) {
      const method = asked === task ? "predict" : "find";
      // To find, the server turns what it has found itself.
      const isTurned = asked === task && (await cardOf(value)).paper === "light";
      const canvas = isTurned ? inverse(sent.canvas) : sent.canvas;
      const { outputs, ...told } = await askAbout(canvas, value, method);
      const { spread = 0, several } = sent;
      answers.push({ ...told, spread, several, ...asked.read(outputs, sent, names) });
    }
    if (!isEmpty() && asked === way()) show(answers);
    showTrouble("");
  } catch (error) {
    showTrouble(error.message);
    sayInPlaceOfLatency("");
  } finally {
    clearTimeout(waiting);
  }
}

function sentOf({ picture, strokes, pen }) {
  if (isAll()) return sentOfPaper(paper);
  if (task.SENT === "all") return sentOfAll(paper);
  if (task.SENT === "line") return sentOfLine(paper);
  return picture ? sentOfPicture(picture, strokes, pen) : sentOfStrokes(paper);
}

// ---------------------------------------------------------------- showing

const chosen = () => [$("version"), $("other")].filter((select) => select.value !== "none")
  .map(({ value }) => ({ value, name: value || ALONE ? titleOf(value || ALONE) : "Newest version" }));

// A card for each version that is chosen.
function arrange() {
  $("answers").replaceChildren(...chosen().map(({ name, value }, at) => {
    const card = $("answer").content.cloneNode(true).firstElementChild;
    card.classList.toggle("second", at === 1);
    card.querySelector("h3").textContent = name;
    if (dateOf(value)) card.querySelector("h3").append(` · ${value}`);
    return card;
  }));
  show([]);
  changed();
}

// The answers, or what is said in place of them.
function show(answers, missing = way().EMPTY ?? task.EMPTY) {
  document.querySelectorAll("article").forEach((card, at) => {
    const answer = answers[at] ?? null;
    card.querySelector(".answer").replaceChildren(...answer ? way().show(answer, names) : [note(missing)]);
    // Of the paper for several, the server cuts what the model gets.
    card.querySelector(".seen").hidden = !answer || isAll();
    if (answer) card.querySelector(".seen img").src = answer.picture;
    card.classList.toggle("unsure", isUnsure(answer));
    card.querySelector(".doubts").hidden = !isUnsure(answer);
    card.querySelector(".doubts").textContent = `Not sure: ${answer?.doubts.join(", ")}`;
    card.querySelector(".latency").textContent = answer ? `${answer.latency.toFixed(0)} ms` : "";
  });
  document.querySelectorAll(".mark").forEach((mark) => mark.remove());
  answers.forEach((answer, at) => {
    const marks = way().marks(answer);
    for (const mark of marks) {
      mark.classList.add("mark");
      mark.classList.toggle("second", at === 1);
      mark.style.setProperty("--off", `calc(2px + ${100 * answer.spread}cqw)`);
    }
    $("paper").append(...marks);
  });
  offer(answers[0]?.request ?? null);
  correct(isAll() || paper.picture || task.SENT !== "part" ? null : answers[0]?.picture ?? null);
  $("several").hidden = isAll() || !task.ALL || !answers.some(({ several }) => several);
  const titles = chosen().map(({ name }) => name);
  const sentences = answers.map((answer, at) =>
    `${titles[at]} ${way().sentence(answer)}${isUnsure(answer) ? ", not sure" : ""}.`);
  sayLater(sentences.join(" ") || (missing === task.NOTHING ? missing : ""));
}

const isUnsure = (answer) => Boolean(answer?.doubts.length);

// ---------------------------------------------------------------- versions and examples

async function listVersions() {
  let versions = [], figures = {};
  try {
    [versions, figures] = [await availableVersions(), await figuresOf()];
    showTrouble(versions.length ? "" : "The server has no version that can be asked.");
  } catch (error) {
    showTrouble(error.message);
  }
  const options = versions.map((version) => new Option(entryOf(version, figures[version]), version));
  const [version, other] = [$("version").value, $("other").value];
  const newest = versions.length ? `newest · ${options[0].text}` : "newest";
  $("version").replaceChildren(new Option(newest, ""), ...options);
  $("other").replaceChildren(new Option("", "none"), ...options.map((o) => o.cloneNode(true)));
  if (versions.includes(version)) $("version").value = version;
  if (versions.includes(other)) $("other").value = other;
  $("other").hidden = versions.length < 2 && !comparing();
  nameComparison();
}

const comparing = () => !["", "none"].includes($("other").value);

function nameComparison() {
  $("other").options[0].text = comparing() ? "Compare with none" : "Compare with …";
}

function listExamples() {
  const examples = task.EXAMPLES.filter(isNamed);
  $("examples").append(...examples.map(({ name, paths }) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", `Example: ${name}`);
    button.innerHTML = `<svg viewBox="0 0 100 100" aria-hidden="true">${
      paths.map((d) => `<path d="${d}"/>`).join("")}</svg>`;
    button.addEventListener("click", () => (isAll() ? append(paths) : put(strokesOf(paths, MIDDLE))));
    return button;
  }));
  $("for-examples").hidden = !examples.length;
}

const isNamed = (example) => !names || names.includes(example.name);
// Words for classes that the task's examples do not show would not fit.
const fits = !names || !task.EXAMPLES.length
  || names.length === task.EXAMPLES.filter(isNamed).length;

// An example to the right of what is on the wide paper, as long as there is room.
function append(paths) {
  const end = paper.strokes.length ? boundsOf(paper.strokes)[2] : 0;
  const drawn = strokesOf(paths, { left: 0, top: (paper.height - EXAMPLE) / 2, side: EXAMPLE });
  const move = end + 0.2 * EXAMPLE - boundsOf(drawn)[0];
  if (boundsOf(drawn)[2] + move > 1) return say("No room");
  put([...paper.strokes, ...drawn.map((line) => line.map(([x, y]) => [x + move, y]))], paper.picture);
}

// ---------------------------------------------------------------- ways

function listWays() {
  $("ways").hidden = !task.ALL;
  if (!task.ALL) return;
  document.querySelectorAll("#ways span").forEach((name, at) => {
    name.textContent = [task.ALL.ONE, task.ALL.NAME][at];
  });
  $("several").children[0].textContent = task.ALL.HINT;
  $("several").children[1].textContent = `Try “${task.ALL.NAME}”`;
  $("several").children[1].addEventListener("click", takeAll);
}

// What is on the paper comes along, in the middle of the wide one.
function takeAll() {
  const { strokes, picture, height } = paper;
  $("all").checked = true;
  takeWay();
  put(moved(strokes, picture, height, paper.height), picture);
  $("canvas").focus();
}

function takeWay() {
  const { TITLE, LEAD } = fits ? way() : generic;
  document.title = $("title").textContent = TITLE;
  $("lead").textContent = LEAD;
  const sheet = isAll() ? SHEETS.line : SHEETS[task.SENT];
  document.body.classList.toggle("wide", sheet === SHEETS.line);
  newPaper(sheet);
  arrange();
}

document.body.classList.toggle("alone", Boolean(ALONE));
listWays();
$("ways").addEventListener("change", takeWay);
listExamples();
onChange(read);
for (const id of ["version", "other"]) {
  $(id).addEventListener("change", () => {
    nameComparison();
    arrange();
  });
  $(id).addEventListener("pointerdown", listVersions);
}
$("rest").addEventListener("click", () => {
  const all = $("answers").classList.toggle("full");
  $("rest").ariaExpanded = all;
  $("rest").textContent = all ? "Show fewer bars" : "Show all bars";
});
await listVersions();
takeWay();
