// What the page shows of a number; `serving/page/outputs.js` says what each export is.

import { bars, large } from "./parts.js";

export const SENT = "line";
export const TITLE = "Write a number";
export const LEAD = "Of up to five digits. The model reads it while you write.";
export const NOTHING = "Nothing here: no ink, so no number.";
const ABSTAINS_BELOW = 0.5;  // as in tasks/sequence/predictions.py
const LONGEST = 5;  // as in tasks/sequence/number.py

export function read({ length, digits, probability, digit_probabilities }, { doubts }, names) {
  const there = Math.min(length, LONGEST);
  const called = digits.slice(0, there).map((digit) => names?.[digit] ?? String(digit));
  const why = length > LONGEST ? [`more than ${LONGEST} digits`] : [];
  const low = probability < ABSTAINS_BELOW ? ["low confidence"] : [];
  const number = called.join(called.every((name) => name.length === 1) ? "" : " ");
  return {
    number: !there || why.length || low.length ? null : number, probability,
    digits: called.map((name, at) => [name, digit_probabilities[at]]),
    doubts: [...why, ...low, ...doubts],
  };
}

export function show(answer) {
  const sure = Object.assign(document.createElement("p"), { className: "quiet" });
  sure.textContent = `The whole: ${(100 * answer.probability).toFixed(1)}%`;
  return [large(answer.number ?? "No number here", "number"), sure, bars(answer.digits)];
}

export function sentence({ number, probability }) {
  return number === null ? "reads no number"
    : `reads ${[...number].join(" ")}, ${Math.round(100 * probability)} percent`;
}
