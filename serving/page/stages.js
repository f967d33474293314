// What the page does for a model in two stages, out of the scripts of both: the first finds where
// something is, and the second reads that part. `serving/stages/presented.py` says what it answers.

import { placed } from "./parts.js";

const FOUND = "found_";

export const inStages = (reader, finder, names) => ({
  ...reader,
  LEAD: "Anywhere on the paper, or on a picture that you drop on it. One model finds it, and another "
    + "reads that part.",
  SENT: "all",
  ALL: null,

  read(outputs, view, classes) {
    const own = Object.entries(outputs).filter(([name]) => name.startsWith(FOUND))
      .map(([name, value]) => [name.slice(FOUND.length), value]);
    const found = finder.read(Object.fromEntries(own), view, names);
    const [left, top, width, height] = view.square;
    const [xmin, ymin, xmax, ymax] = outputs.crop;
    const crop = [left + xmin * width, top + ymin * height, left + xmax * width, top + ymax * height];
    const square = [crop[0], crop[1], crop[2] - crop[0], crop[3] - crop[1]];
    const read = reader.read(outputs, { ...view, square }, classes);
    return { found, crop, read, doubts: [...new Set([...found.doubts, ...read.doubts])] };
  },

  show: (answer, classes) => reader.show(answer.read, classes),

  marks: ({ found, crop, read }) =>
    [...finder.marks(found), placed(crop, "crop"), ...reader.marks(read)],

  sentence: ({ read }) => reader.sentence(read),
});
