// Versions as people tell them apart: by when they were made, with the number beside it.

const FIRST = Date.UTC(2015, 10, 9) / 1000;  // TensorFlow's; who counts versions from 1 stays below

// `20 Nov 14:29` where the number is that of a second, as the Pusher numbers versions; else "".
export function dateOf(version, now = new Date()) {
  const made = new Date(1000 * version);
  if (!(version >= FIRST) || made.getFullYear() > now.getFullYear() + 1) return "";
  const ofYear = made.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  const day = made.toDateString() === now.toDateString() ? "today"
    : made.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...ofYear });
  return `${day} ${made.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

export const titleOf = (version) =>
  (dateOf(version) ? `Version of ${dateOf(version)}` : `Version ${version}`);

// In a list: behind the date stands what it reached when it was judged, or else its number.
export function entryOf(version, figures) {
  const reached = Object.entries(figures ?? {}).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  const known = dateOf(version) && reached.length ? reached : [version, ...reached];
  return [dateOf(version), ...known].filter(Boolean).join(" · ");
}
