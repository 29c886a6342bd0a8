/** A text of several lines for the display. Pure. */
import { plural } from "./human-numbers.ts";
import type { StyledLine, TextStyle } from "./styled-line.ts";

/** More lines than this of a message (a stack, the last lines of a log) help nobody on a screen; the event log has all. */
const MAX_LINES = 40;

/** The first line has the mark, the others are indented at least as far as its text. */
export function paragraph(mark: string, text: string, style?: TextStyle): readonly StyledLine[] {
  const [first = "", ...rest] = text.trimEnd().split(/\r?\n/);
  const indent = " ".repeat(mark.length);
  const shown =
    rest.length <= MAX_LINES
      ? rest
      : [...rest.slice(0, MAX_LINES), `… ${plural(rest.length - MAX_LINES, "more line")}`];
  return [
    [style === undefined ? { text: mark + first } : { text: mark + first, style }],
    ...shown.map((line) => [{ text: line.startsWith(indent) ? line : indent + line }]),
  ];
}
