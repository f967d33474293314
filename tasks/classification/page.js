// What the page shows of a digit; `serving/page/outputs.js` says what each export is.

import { bars, large } from "./parts.js";

const UNSURE_BELOW = 0.6;  // as in digit/predictions.py
const NO_DIGIT_BELOW = 0.5;  // as in digit/answers.py

export function read({ digit, probabilities }, { several, doubts }, names) {
  if (probabilities[digit] < NO_DIGIT_BELOW) {
    return { name: null, probabilities, doubts };
  }
  const low = probabilities[digit] < UNSURE_BELOW ? ["low confidence"] : [];
  const more = several ? ["more than one digit"] : [];
  return { name: names?.[digit] ?? String(digit), probabilities, doubts: [...low, ...more, ...doubts] };
}

export function show(answer, names) {
  const shares = (names ?? []).map((name, digit) => [name, answer.probabilities[digit]]);
  return [large(answer.name ?? "No digit here", "digit"), bars(shares, answer.name)];
}

export function sentence({ name, probabilities }) {
  return name === null ? "sees no digit"
    : `reads ${name}, ${Math.round(100 * Math.max(...probabilities))} percent`;
}
