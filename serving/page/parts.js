// Parts that the script of a task may build its answers from.

// What is read, large.
export function large(text, name = "") {
  const line = Object.assign(document.createElement("p"), { textContent: text });
  line.className = `large ${name}`;
  line.classList.toggle("word", String(text).length > 3);
  return line;
}

// A frame or an area on the paper, from edges (xmin, ymin, xmax, ymax) as shares of it.
export function placed([xmin, ymin, xmax, ymax], name) {
  const element = Object.assign(document.createElement("div"), { className: name });
  const share = (value) => `${100 * value}%`;
  Object.assign(element.style, { left: share(xmin), top: share(ymin),
                                 width: share(xmax - xmin), height: share(ymax - ymin) });
  return element;
}

const MOST_BARS = 12, MOST_COMPACT = 3;

// A bar for each of [name, share], the best one bold, of very many the highest. Those of no best one,
// such as the digits of a number, all count; of others a narrow screen shows the highest at first.
export function bars(shares, best) {
  const list = document.createElement("ol");
  const shown = shares.length <= MOST_BARS ? shares
    : shares.toSorted(([, one], [, other]) => (other ?? 0) - (one ?? 0)).slice(0, MOST_BARS);
  const ranked = shown.map(([, share]) => share ?? 0).sort((one, other) => other - one);
  const least = best === undefined ? 0 : ranked[MOST_COMPACT - 1] ?? 0;
  for (const [name, share] of shown) {
    const row = document.createElement("li");
    row.classList.toggle("best", name === best);
    row.classList.toggle("rest", (share ?? 0) < least);
    row.innerHTML = "<span></span><i></i><b></b>";
    row.children[0].textContent = name;
    row.children[1].style.backgroundSize = `${100 * (share ?? 0)}% 100%`;
    row.children[2].textContent = share === undefined ? "" : `${(100 * share).toFixed(1)}%`;
    list.append(row);
  }
  return list;
}
