// What the page shows of a digit and its box; `serving/page/outputs.js` says what each export is.

import { bars, large, placed } from "./parts.js";

export const TITLE = "Draw a digit";
export const LEAD = "Anywhere, large or small. The model finds it and reads it while you draw.";
export const EMPTY = "Draw a digit on the paper, drop or paste a picture of one, or take an example.";
export const NOTHING = "Nothing here: no ink, so no digit.";
const UNSURE_BELOW = 0.6;  // as in digit/predictions.py
const NO_DIGIT_BELOW = 0.5;  // as in digit/answers.py

export const EXAMPLES = [
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
].map((paths, digit) => ({ name: String(digit), paths }));

const DIGITS = EXAMPLES.map(({ name }) => name);

// The box is told in the frame of the paper.
export function read({ digit, probabilities, box }, { square: [x, y, width, height], several, doubts },
                     names = DIGITS) {
  const low = probabilities[digit] < UNSURE_BELOW ? ["low confidence"] : [];
  if (probabilities[digit] < NO_DIGIT_BELOW) {
    return { digit: null, probabilities, doubts, box: null };
  }
  const more = several ? ["more than one digit"] : [];
  return {
    digit: Number(digit), name: names[digit] ?? String(digit), probabilities, doubts: [...low, ...more, ...doubts],
    box: box.map((edge, at) => (at % 2 ? y + edge * height : x + edge * width)),
  };
}

export function show(answer, names = DIGITS) {
  const shares = names.map((name, digit) => [name, answer.probabilities[digit]]);
  return [large(answer.name ?? "No digit here", "digit"), bars(shares, answer.name ?? null)];
}

export function marks({ box: edges, name }) {
  if (!edges) return [];
  const [, ymin, xmax, ymax] = edges, box = placed(edges, "box");
  box.classList.toggle("high", ymin < 0.06);
  box.classList.toggle("right", xmax > 0.9);
  box.classList.toggle("low", ymax > 0.94);
  box.append(Object.assign(document.createElement("span"), { textContent: name }));
  return [box];
}

export function sentence({ digit, name, probabilities }) {
  if (digit === null) return "sees no digit";
  return `reads ${name}, ${Math.round(100 * probabilities[digit])} percent`;
}

export const ALL = {
  NAME: "Several digits",
  ONE: "One digit",
  HINT: "I read one digit. Are there several?",
  TITLE: "Write a number",
  EMPTY: "Write digits side by side, drop or paste a picture of some, or take examples.",
  LEAD: "In one line or more. The model finds the digits and reads them while you write.",

  read({ number, confidence, digits, unsure }, { square: [x, y, width, height] }) {
    return {
      number, confidence, doubts: number ? unsure : [],
      digits: digits.map(({ name, probability, box }) => ({
        name, probability,
        box: box?.map((edge, at) => (at % 2 ? y + edge * height : x + edge * width)),
      })),
    };
  },

  show(answer) {
    const sure = document.createElement("p");
    sure.className = "quiet";
    sure.textContent = answer.number ? `The whole: ${(100 * answer.confidence).toFixed(1)}%` : "";
    const digits = answer.digits;
    return [large(answer.number || "No digit here", "number"), sure,
            bars(digits.map(({ name, probability }) => [name ?? "?", probability ?? 0]))];
  },

  marks: ({ digits }) => digits.flatMap(marks),

  sentence({ number, confidence }) {
    if (!number) return "sees no digit";
    return `reads ${[...number].join(" ")}, ${Math.round(100 * confidence)} percent`;
  },
};
