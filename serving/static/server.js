// The page without a server: the model itself, by LiteRT in the browser. What each export is,
// `serving/page/server.js` says, in whose place this stands.

import { greyOf } from "./ink.js";
import { fitted } from "./fit.js";
import { loadAndCompile, loadLiteRt, Tensor } from "./litert/core.js";

const placeOf = (path) => new URL(path, import.meta.url).href;
// The model's card; `version`, its number; and `rectangle`, the output that is a box, if there is one.
const card = await (await fetch(placeOf("model.json"))).json();
export const ALONE = card.version;
let loading;

// What is loaded when something is drawn: some megabytes.
const load = () => (loading ??= loadLiteRt(placeOf("litert/"))
  .then(() => loadAndCompile(placeOf("model.tflite"), { accelerator: "wasm" })));

export const availableVersions = async () => [card.version];
export const cardOf = async () => card;

export async function askAbout(canvas) {
  const model = await load(), began = performance.now();
  const { width, height, channels } = card.canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const { data, frame } = fitted(greyOf(pixels), { width, height });
  // The page sends grey, which is the same in each channel.
  const image = new Tensor(Float32Array.from({ length: data.length * channels },
                                             (_, at) => data[Math.floor(at / channels)]),
                           [1, height, width, channels]);
  const tensors = await model.run({ image }), outputs = {};
  for (const { name, shape } of model.getOutputDetails()) {
    const values = Array.from(tensors[name].toTypedArray());
    outputs[name] = shape.length > 1 ? values : values[0];
    tensors[name].delete();
  }
  image.delete();
  if (card.rectangle) outputs[card.rectangle] = outOf(frame, outputs[card.rectangle]);
  const latency = performance.now() - began;
  return { outputs, picture: canvas.toDataURL("image/png"), request: null, latency };
}

// A box on the model's canvas as one on the picture that fills a frame of it.
function outOf([xmin, ymin, xmax, ymax], box) {
  return box.map((edge, at) => {
    const [low, high] = at % 2 ? [ymin, ymax] : [xmin, xmax];
    return Math.min(Math.max((edge - low) / (high - low), 0), 1);
  });
}

export const figuresOf = async () => ({});
export const keptClasses = async () => null;
export const keepDrawing = keptClasses;
