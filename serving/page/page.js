// The page: draws, asks a server, shows what it answers. What that is, the task's script knows:
// `task.js`, which the server gives for the task of the model that it serves.

import * as generic from "./outputs.js";
import { changed, isEmpty, onChange, paper, put } from "./paper.js";
import { sentOfPicture, sentOfStrokes } from "./sent.js";
import { availableVersions, predict } from "./server.js";
import { $, sayInPlaceOfLatency, sayLater, showTrouble } from "./status.js";
import { strokesOf } from "./strokes.js";

const task = { ...generic, ...await import("./task.js") };
// What the classes are called; undefined where no version says so.
const { class_names: names } =
  await fetch("./card.json").then((answer) => answer.json()).catch(() => ({}));
const NOTICED_MS = 500;  // who waits for longer is told so

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
  const sent = paper.picture ? sentOfPicture(paper.picture, paper.strokes, paper.pen)
    : sentOfStrokes(paper.strokes);
  if (!sent.found) {
    show([]);
    return sayInPlaceOfLatency(task.NOTHING);
  }
  const waiting = setTimeout(() => sayInPlaceOfLatency("waiting …"), NOTICED_MS);
  try {
    const answers = [];
    for (const { value } of chosen()) {
      const { outputs, latency } = await predict(sent.canvas, value);
      answers.push({ latency, ...task.read(outputs, sent, names) });
    }
    if (!isEmpty()) show(answers);
    showTrouble("");
  } catch (error) {
    showTrouble(error.message);
    sayInPlaceOfLatency("");
  } finally {
    clearTimeout(waiting);
  }
}

// ---------------------------------------------------------------- showing

const chosen = () => [$("version"), $("other")].filter((select) => select.value !== "none")
  .map(({ value }) => ({ value, name: value ? `Version ${value}` : "Newest version" }));

// A card for each version that is chosen.
function arrange() {
  $("answers").replaceChildren(...chosen().map(({ name }, at) => {
    const card = $("answer").content.cloneNode(true).firstElementChild;
    card.classList.toggle("second", at === 1);
    card.querySelector("h3").textContent = name;
    return card;
  }));
  show([]);
  changed();
}

function show(answers) {
  document.querySelectorAll("article").forEach((card, at) => {
    const answer = answers[at] ?? null;
    card.querySelector(".answer").replaceChildren(...task.show(answer, names));
    card.querySelector(".latency").textContent = answer
      ? [`${answer.latency.toFixed(0)} ms`, ...answer.doubts].join(" · unsure: ") : "";
  });
  document.querySelectorAll(".mark").forEach((mark) => mark.remove());
  answers.forEach((answer, at) => {
    const mark = task.mark(answer);
    if (!mark) return;
    mark.classList.add("mark");
    mark.classList.toggle("second", at === 1);
    $("paper").append(mark);
  });
  const names = chosen().map(({ name }) => name);
  sayLater(answers.map((answer, at) => `${names[at]} ${task.sentence(answer)}.`).join(" "));
}

// ---------------------------------------------------------------- versions and examples

async function listVersions() {
  let versions = [];
  try {
    versions = await availableVersions();
    showTrouble(versions.length ? "" : "The server has no version that can be asked.");
  } catch (error) {
    showTrouble(error.message);
  }
  const options = versions.map((version) => new Option(version, version));
  const [version, other] = [$("version").value, $("other").value];
  $("version").replaceChildren(new Option("newest", ""), ...options);
  $("other").replaceChildren(new Option("no other", "none"), ...options.map((o) => o.cloneNode(true)));
  if (versions.includes(version)) $("version").value = version;
  if (versions.includes(other)) $("other").value = other;
}

function listExamples() {
  const examples = task.EXAMPLES.filter(isNamed);
  $("examples").append(...examples.map(({ name, paths }) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", `Example: ${name}`);
    button.innerHTML = `<svg viewBox="0 0 100 100" aria-hidden="true">${
      paths.map((d) => `<path d="${d}"/>`).join("")}</svg>`;
    button.addEventListener("click", () => put(strokesOf(paths)));
    return button;
  }));
  $("for-examples").hidden = !examples.length;
}

const isNamed = (example) => !names || names.includes(example.name);
// Words for classes that the task's examples do not show would not fit.
const { TITLE, LEAD } = !names || names.length === task.EXAMPLES.filter(isNamed).length ? task : generic;
document.title = $("title").textContent = TITLE;
$("lead").textContent = LEAD;
listExamples();
onChange(read);
for (const id of ["version", "other"]) {
  $(id).addEventListener("change", arrange);
  $(id).addEventListener("pointerdown", listVersions);
}
await listVersions();
arrange();
