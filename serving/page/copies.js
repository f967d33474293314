// The request of what is on the paper, to be copied and asked again from a shell or from Python.

import { $, say } from "./status.js";

const COPIED_MS = 1500;
const FORMS = { curl: asCurl, python: asPython };
let present = null;

// { url, body } of the request that the answer came from, or null.
export function offer(request) {
  present = request;
  for (const form of Object.keys(FORMS)) $(form).disabled = !request;
}

// The picture comes from standard input, as a shell limits the length of an argument.
function asCurl({ url, body }) {
  const quoted = `'${url.replaceAll("'", "%27")}'`;
  return `curl ${quoted} --data-binary @- <<'END'\n${JSON.stringify(body)}\nEND\n`;
}

function asPython({ url, body }) {
  return `import json
from urllib.request import Request, urlopen

picture = ${JSON.stringify(body.instances[0].b64)}  # PNG, in base64
body = json.dumps({"instances": [{"b64": picture}]}).encode()
with urlopen(Request(${JSON.stringify(url)}, body)) as answer:
    [prediction] = json.load(answer)["predictions"]
print(prediction)
`;
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers have no clipboard for pages that come over plain HTTP from another machine.
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

for (const [form, write] of Object.entries(FORMS)) {
  const button = $(form), name = button.textContent;
  button.addEventListener("click", async () => {
    await copy(write(present));
    button.textContent = "Copied";
    say("Copied");
    setTimeout(() => { button.textContent = name; }, COPIED_MS);
  });
}
