// What the page does for a task that has no script of its own: a table of the model's outputs. A
// task's script, `tasks/NAME/page.js`, exports what it does otherwise; `page.js` asks for:

export const TITLE = "Draw";
export const LEAD = "Anywhere, large or small. The model reads it while you draw.";
export const EMPTY = "Draw on the paper, or drop or paste a picture: the answer stands here.";
export const NOTHING = "Nothing here: no ink.";  // where a picture has none, and nothing is sent
export const SENT = "part";  // of the ink, the largest; "line": all of it; "all": the whole paper
export const EXAMPLES = [];  // of { name, paths }, SVG paths in a square of 100

// The answer for what is on the paper: whatever the functions below need, and `doubts`, sentences
// on why it may be wrong. `view` is { square, several, doubts }, as in sent.js; `names` are what the
// classes are called, undefined where the model does not say so.
export function read(outputs, { doubts }, _names) {
  return { outputs: outputs?.constructor === Object ? outputs : { answer: outputs }, doubts };
}

// The elements that show an answer.
export function show(answer, _names) {
  const table = document.createElement("table");
  for (const [name, value] of Object.entries(answer.outputs)) {
    const row = table.insertRow();
    row.append(Object.assign(document.createElement("th"), { textContent: name }));
    row.insertCell().textContent = textOf(value);
  }
  return [table];
}

// The elements that mark the answer on the paper, placed in percent of it.
export function marks(_answer) {
  return [];
}

// What a screen reader hears, after the name of the version.
export function sentence({ outputs }) {
  return Object.entries(outputs).map(([name, value]) => `${name} ${textOf(value)}`).join(", ");
}

// How the page reads all that is on a wide paper: null where the task does not join what is found.
// Else what is exported here as TITLE, LEAD, read, show, marks and sentence, of what the server's
// `:find` gives; NAME and ONE name this way and the other, and HINT tells
// who drew several for the other that there is this one.
export const ALL = null;

function textOf(value) {
  if (Array.isArray(value)) return value.flat(Infinity).map(textOf).join(", ");
  return typeof value === "number" ? String(Number(value.toFixed(3))) : String(value);
}
