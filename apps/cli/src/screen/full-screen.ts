/**
 * The whole screen of a terminal, drawn line by line: only lines that are others than before are written. It is the
 * terminal's second ("alternate") screen, so that what was on the first one is there again afterwards.
 */
import type { ScreenOutput } from "../output/terminal.ts";

/** How wide and high a screen is, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const CLEAR = "\x1b[2J";
const CLEAR_LINE = "\x1b[K";

/** The screen of one terminal. Disposing of it gives the terminal back. */
export class FullScreen implements Disposable {
  readonly #output: ScreenOutput;
  /** What is on each line; undefined: another program has the terminal. */
  #drawn: readonly string[] | undefined;

  constructor(output: ScreenOutput) {
    this.#output = output;
  }

  /** The terminal's size now. */
  get size(): ScreenSize {
    return { columns: this.#output.columns ?? 80, rows: this.#output.rows ?? 24 };
  }

  /** Takes the terminal, if it has not got it. */
  enter(): void {
    if (this.#drawn !== undefined) return;
    this.#drawn = [];
    this.#output.write(ENTER);
  }

  /** Nothing of what was drawn is sure to be there: the terminal has another size. */
  clear(): void {
    if (this.#drawn === undefined) return;
    this.#drawn = [];
    this.#output.write(CLEAR);
  }

  /** Shows these lines, which fit the width, from the top of the screen on, and nothing else. */
  draw(lines: readonly string[]): void {
    const drawn = this.#drawn;
    if (drawn === undefined) return;
    const shown = lines.slice(0, this.size.rows);
    const count = Math.max(shown.length, drawn.length);
    const changes = Array.from({ length: count }, (_, at) => {
      const line = shown[at] ?? "";
      return line === (drawn[at] ?? "") ? "" : `\x1b[${at + 1};1H${line}${CLEAR_LINE}`;
    }).join("");
    this.#drawn = shown;
    if (changes !== "") this.#output.write(changes);
  }

  /** Gives the terminal back, if it has it. */
  leave(): void {
    if (this.#drawn === undefined) return;
    this.#drawn = undefined;
    this.#output.write(LEAVE);
  }

  [Symbol.dispose](): void {
    this.leave();
  }
}
