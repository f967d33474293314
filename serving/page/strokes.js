// Strokes: lists of [x, y], both as shares of the paper's width. `width` of a line is in pixels of
// the canvas.

export function paint(context, strokes, width, place) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = width;
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](...place(x, y)));
    if (stroke.length === 1) context.lineTo(...place(...stroke[0]));
    context.stroke();
  }
}

const FINE = 10_000;  // pixels that paper is wide, for places that are rounded to them

// [xmin, ymin, xmax, ymax]
export function boundsOf(strokes) {
  const xs = strokes.flat().map(([x]) => x), ys = strokes.flat().map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// Where a picture lies on paper of a size: [left, top, width, height], in whole pixels.
export function placeOnPaper(picture, across, down = across) {
  const ratio = Math.min(across / picture.width, down / picture.height);
  const width = Math.max(1, Math.round(picture.width * ratio));
  const height = Math.max(1, Math.round(picture.height * ratio));
  return [Math.floor((across - width) / 2), Math.floor((down - height) / 2), width, height];
}

// Strokes of paper of one height on paper of another (both as shares of its width), with a picture where
// that lies, without one in the middle.
export function moved(strokes, picture, height, toHeight) {
  const place = (high) => (picture
    ? placeOnPaper(picture, FINE, FINE * high) : [(1 - high) / 2 * FINE, 0, FINE * high, FINE * high]);
  const [left, top, across] = place(height), [toLeft, toTop, toAcross] = place(toHeight);
  const scale = toAcross / across;
  return strokes.map((stroke) => stroke.map(([x, y]) =>
    [toLeft / FINE + (x - left / FINE) * scale, toTop / FINE + (y - top / FINE) * scale]));
}

// From SVG paths in a square of 100 to strokes in a square of the paper.
export function strokesOf(paths, { left, top, side }) {
  return paths.map((d) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    const length = path.getTotalLength();
    return Array.from({ length: 40 }, (_, at) => {
      const { x, y } = path.getPointAtLength(length * at / 39);
      return [left + side * x / 100, top + side * y / 100];
    });
  });
}
