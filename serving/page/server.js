// A server that speaks TensorFlow Serving's REST. ?api=http://HOST:PORT asks another one than this
// page's own, if the user agrees to that; ?model=NAME another model.

const query = new URLSearchParams(location.search);
const API = (query.get("api") ?? "").replace(/\/+$/, "");
const MODEL = `${API}/v1/models/${encodeURIComponent(query.get("model") ?? "digits")}`;
const PATIENCE_MS = 10_000;

export const ALONE = "";  // the only version there is of a page without a server
let agreed = ["", location.origin].includes(API) || undefined;

// Anybody can make a link with ?api= in it.
function agreement() {
  agreed ??= confirm(`Send what you draw here to ${API}?`);
  if (!agreed) throw new Error(`Nothing is sent to ${API}, as you did not agree; reload to be asked again.`);
}

const ask = (path, body) => send(MODEL + path, body);

async function send(address, body) {
  let response;
  agreement();
  try {
    // A body of plain text spares a server elsewhere the browser's question before each request.
    response = await fetch(address, {
      method: body ? "POST" : "GET", body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    throw new Error(error.name === "TimeoutError"
      ? `The server has not answered for ${PATIENCE_MS / 1000} seconds.`
      : API ? `${API} cannot be reached. Is it running, with --rest_api_enable_cors_support?`
            : "The server cannot be reached. Is it running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error(`The server refuses: ${answer.error ?? response.status}`);
    throw Object.assign(error, { refused: true });
  }
  return answer;
}

// The versions that can be asked, newest first.
export async function availableVersions() {
  const { model_version_status: statuses } = await ask("");
  cards.clear();  // the newest may be another one now
  return statuses.filter(({ state }) => state === "AVAILABLE")
    .map(({ version }) => version).sort((a, b) => b - a);
}

const cards = new Map();

// What a version, "" for the newest, says of itself.
export async function cardOf(version) {
  if (!cards.has(version)) {
    let card = {};
    try {
      const body = { signature_name: "card", instances: [""] };
      const { predictions: [text] } = await ask(`${version && "/versions/" + version}:predict`, body);
      card = JSON.parse(text);
    } catch (error) {
      if (!error.refused) throw error;  // a model that was exported before there were cards
    }
    cards.set(version, card);
  }
  return cards.get(version);
}

// What a version, "" for the newest, answers to a canvas, and after how many milliseconds. To
// "predict": its outputs by name, or the only one; to "find": all that is on it, joined. `picture` is
// the URL of what was sent, and `request` how, as { url, body }.
export async function askAbout(canvas, version, method) {
  const picture = canvas.toDataURL("image/png");
  const path = `${version && "/versions/" + version}:${method}`;
  const body = { instances: [{ b64: picture.split(",")[1] }] };
  const began = performance.now();
  const { predictions: [outputs] } = await ask(path, body);
  const request = { url: new URL(MODEL + path, location.href).href, body };
  return { outputs, picture, request, latency: performance.now() - began };
}

// What versions reached when they were judged, as { version: { metric: value } }, where they say so.
export const figuresOf = async () => (API ? {} : send("figures.json").catch(() => ({})));

// What a drawing may be called that the server keeps; null where it keeps none.
export const keptClasses = async () => (API ? null : (await send("collect")).classes);

// Keeps a picture, by its URL, under its right name.
export const keepDrawing = (picture, name) =>
  send("collect", { picture: { b64: picture.split(",")[1] }, name });
