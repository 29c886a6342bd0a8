/** A line of the display as data: pieces of text with a style. Only painting it makes escape sequences. */
import { styleText } from "node:util";
import { printable, textWidth, truncateText } from "./text-width.ts";

/** A style that every terminal has. */
export type TextStyle = "bold" | "dim" | "red" | "green" | "yellow";

/** A piece of a line, in one style. */
export interface Span {
  /** May hold anything: painting leaves out what is not printable. */
  readonly text: string;
  /** Absent: as the terminal writes. */
  readonly style?: TextStyle;
}

/** A line of the display, without a newline. */
export type StyledLine = readonly Span[];

/** How a line becomes text. */
export interface PaintOptions {
  /** Longer lines are cut to this width. Null: all of it. */
  readonly columns: number | null;
  /** Whether styles are shown; else only the text. */
  readonly colour: boolean;
}

/** The line as it is written, without a newline. */
export function paintLine(line: StyledLine, { columns, colour }: PaintOptions): string {
  let left = columns ?? Number.POSITIVE_INFINITY;
  let painted = "";
  for (const { text, style } of line) {
    if (left <= 0) break;
    if (text === "") continue;
    const fitting = truncateText(printable(text), left);
    left -= textWidth(fitting);
    painted += colour && style !== undefined ? styleText(style, fitting, { validateStream: false }) : fitting;
  }
  return painted;
}

/** The columns that the whole line takes. */
export const lineWidth = (line: StyledLine): number =>
  line.reduce((width, { text }) => width + textWidth(printable(text)), 0);
