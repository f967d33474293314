// The page: draws, asks a server, shows what it answers. What that is, the task's script knows:
// `task.js`, which the server gives for the task of the model that it serves.

import * as generic from "./outputs.js";
import { changed, isEmpty, onChange, paper, put } from "./paper.js";
import { inverse, sentOfPicture, sentOfStrokes } from "./sent.js";
import { availableVersions, isForLightPaper, predict } from "./server.js";
import { $, sayInPlaceOfLatency, sayLater, showTrouble } from "./status.js";
import { strokesOf } from "./strokes.js";

const task = { ...generic, ...await import("./task.js") };
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
      const canvas = await isForLightPaper(value) ? inverse(sent.canvas) : sent.canvas;
      const { outputs, latency } = await predict(canvas, value);
      answers.push({ latency, ...task.read(outputs, sent) });
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
    card.querySelector(".answer").replaceChildren(...task.show(answer));
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
  $("examples").append(...task.EXAMPLES.map(({ name, paths }) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", `Example: ${name}`);
    button.innerHTML = `<svg viewBox="0 0 100 100" aria-hidden="true">${
      paths.map((d) => `<path d="${d}"/>`).join("")}</svg>`;
    button.addEventListener("click", () => put(strokesOf(paths)));
    return button;
  }));
  $("for-examples").hidden = !task.EXAMPLES.length;
}

document.title = $("title").textContent = task.TITLE;
$("lead").textContent = task.LEAD;
listExamples();
onChange(read);
for (const id of ["version", "other"]) {
  $(id).addEventListener("change", arrange);
  $(id).addEventListener("pointerdown", listVersions);
}
await listVersions();
arrange();
