// "Wrong? It is a ...": keeps a drawing with its right label, where the server was started with --collect.

import { keepDrawing, keptClasses } from "./server.js";
import { $, say, showTrouble } from "./status.js";

const KEPT_MS = 1500;
const classes = await keptClasses().catch(() => null);
let present = null;

// The URL of the picture that the model got of a drawing; null where there is none to be corrected.
export function correct(picture) {
  present = picture;
  $("wrong").hidden = !classes || !picture;
}

$("right").append(...(classes ?? []).map((name) => new Option(name, name)));
$("keep").addEventListener("click", async () => {
  try {
    await keepDrawing(present, $("right").value);
    $("keep").textContent = "Kept";
    say("Kept");
    setTimeout(() => { $("keep").textContent = "Keep it"; }, KEPT_MS);
  } catch (error) {
    showTrouble(error.message);
  }
});
