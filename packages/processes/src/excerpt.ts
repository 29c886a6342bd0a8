/** What a program printed, short enough to be quoted in a message: where it begins and where it ends. */

/** At most about `maxChars` characters (default 1,000) of `text`: its beginning and its end, cut at ends of lines where there are some near. Control characters are written as `\x1b`. */
export function excerpt(text: string, maxChars = 1_000): string {
  const shown = text
    .replaceAll("\r\n", "\n")
    .replaceAll(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .trim();
  if (shown.length <= maxChars) return shown;
  const half = Math.floor(maxChars / 2);
  const head = shown.slice(0, half);
  const tail = shown.slice(-half);
  const first = head.slice(0, cutAt(head.lastIndexOf("\n"), half));
  const last = tail.slice(half - cutAt(half - 1 - tail.indexOf("\n"), half));
  return `${first}\n... (${shown.length - first.length - last.length} characters) ...\n${last}`;
}

/** All control characters but tabs and ends of lines: they could clear a terminal, or write over what stands there. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Where a part of `length` ends: at the end of a line, unless that would leave next to nothing of it. */
const cutAt = (lineEnd: number, length: number): number => (lineEnd > 0 && lineEnd < length ? lineEnd : length);
