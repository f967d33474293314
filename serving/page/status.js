// What the page says in words.

export const $ = (id) => document.getElementById(id);

export const say = (text) => { $("said").textContent = text; };
let saying;

// A screen reader hears what is read when the drawing rests, not at each move.
export function sayLater(text) {
  clearTimeout(saying);
  saying = setTimeout(() => say(text), 700);
}

export function showTrouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
  $("answers").classList.toggle("stale", Boolean(text));
}

export function note(text) {
  return Object.assign(document.createElement("p"), { className: "note", textContent: text });
}

export function sayInPlaceOfLatency(text) {
  document.querySelectorAll(".latency").forEach((line) => { line.textContent = text; });
}
