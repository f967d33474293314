// What the page shows of ink that is found; `serving/page/outputs.js` says what each export is.

import { large, placed } from "./parts.js";

export const SENT = "line";
export const TITLE = "Draw digits";
export const LEAD = "The model finds their ink, pixel by pixel, and the box around all of it.";
export const NOTHING = "Nothing here: no ink.";

// Mask and box are told in the frame of the paper.
export function read({ mask_bytes: [{ b64 }], box }, { square: [x, y, width, height], doubts }) {
  const [xmin, ymin, xmax, ymax] = box;
  if (!(xmin < xmax && ymin < ymax)) return { mask: null, doubts };
  return {
    mask: `data:image/png;base64,${b64}`, square: [x, y, x + width, y + height], doubts,
    box: box.map((edge, at) => (at % 2 ? y + edge * height : x + edge * width)),
  };
}

export function show(answer) {
  if (!answer.mask) return [large("No ink here")];
  const mask = Object.assign(new Image(), { src: answer.mask, alt: "The mask: what is white is ink" });
  return [mask];
}

export function marks({ mask, square, box }) {
  if (!mask) return [];
  const area = placed(square, "area");
  area.style.maskImage = `url("${mask}")`;
  return [area, placed(box, "box")];
}

export function sentence({ mask }) {
  return mask ? "finds ink" : "finds no ink";
}
