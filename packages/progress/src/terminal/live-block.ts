/**
 * Lines at the bottom of a terminal that are redrawn in place. What the program itself prints is let through: the block
 * goes, the text is printed, and the block comes back below it as soon as the last line of the text has ended.
 *
 * The cursor always stands at the start of the line below the block, so that a program that is killed leaves a
 * terminal that works.
 */
import { stripVTControlCharacters } from "node:util";
import type { OutputStream } from "./output-stream.ts";
import type { BlockSize } from "../texts/live-lines.ts";
import { type StyledLine, lineWidth, paintLine } from "../texts/styled-line.ts";

/** How a block is drawn, and beside what. */
export interface LiveBlockOptions {
  /** Whether styles are shown. */
  readonly colour: boolean;
  /** Streams of the same terminal, perhaps, that the program writes to. */
  readonly programStreams: readonly OutputStream[];
  /** Hears that the block had to give way, and should be drawn again when the program has printed. */
  readonly gaveWay: () => void;
}

/** A block on one terminal. */
export class LiveBlock implements Disposable {
  readonly #stream: OutputStream;
  readonly #options: LiveBlockOptions;
  readonly #write: (text: string) => void;
  readonly #releases: readonly (() => void)[];
  /** The width of each line that is on the screen. */
  #drawn: readonly number[] = [];
  /** Whether the program has printed a part of a line. */
  #midLine = false;

  constructor(stream: OutputStream, options: LiveBlockOptions) {
    this.#stream = stream;
    this.#options = options;
    const write = stream.write.bind(stream);
    this.#write = (text) => void write(text);
    this.#releases = [...new Set(options.programStreams)]
      .filter(({ isTTY }) => isTTY === true)
      .map((programStream) => beforeWrites(programStream, this.#giveWay));
  }

  /** The terminal's size now; one column stays free, because a character in the last one wraps on some terminals. */
  get size(): BlockSize {
    return { columns: (this.#stream.columns || 80) - 1, rows: this.#stream.rows || 24 };
  }

  /** Puts these lines in place of those that are there; lines that are too wide are cut. */
  draw(lines: readonly StyledLine[]): void {
    if (this.#midLine) return;
    const { columns } = this.size;
    const painted = lines.map((line) => `${paintLine(line, { columns, colour: this.#options.colour })}${CLEAR_LINE}\n`);
    this.#write(`${this.#home()}${painted.join("")}${CLEAR_BELOW}`);
    this.#drawn = lines.map((line) => Math.min(columns, lineWidth(line)));
  }

  /** Prints lines that stay, of any width, in place of the block. */
  print(lines: readonly StyledLine[]): void {
    const newline = this.#midLine ? "\n" : "";
    this.#midLine = false;
    this.#write(
      `${this.#erasure()}${newline}${lines.map((line) => `${paintLine(line, { columns: null, colour: this.#options.colour })}\n`).join("")}`,
    );
  }

  /** Makes what is drawn a part of the terminal's history. */
  leave(): void {
    this.#drawn = [];
  }

  /** Takes the block away and lets the program's streams be as they were. */
  [Symbol.dispose](): void {
    for (const release of this.#releases) release();
    this.#write(this.#erasure());
  }

  readonly #giveWay = (chunk: unknown): void => {
    const erasure = this.#erasure();
    if (erasure !== "") this.#write(erasure);
    this.#midLine = !endsLine(chunk, this.#midLine);
    this.#options.gaveWay();
  };

  #erasure(): string {
    const erasure = this.#drawn.length === 0 ? "" : `${this.#home()}${CLEAR_BELOW}`;
    this.#drawn = [];
    return erasure;
  }

  /** To the start of the block, also when the terminal has echoed a key. A terminal that became narrower has wrapped the lines. */
  #home(): string {
    const columns = this.#stream.columns || 80;
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? "" : `\r\x1b[${rows}A`;
  }
}

const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const NEWLINE = 10;
/** No more than this of a chunk is looked at. */
const TAIL = 200;

/** Calls `notice` with each chunk before it is written, until the result is called. */
function beforeWrites(stream: OutputStream, notice: (chunk: unknown) => void): () => void {
  const own = Object.getOwnPropertyDescriptor(stream, "write");
  let active = true;
  const write = new Proxy(stream.write, {
    apply(target, self, args: readonly unknown[]) {
      if (active) notice(args[0]);
      return Reflect.apply(target, self, args);
    },
  });
  Object.defineProperty(stream, "write", { value: write, configurable: true, writable: true });
  return () => {
    active = false;
    // Who has wrapped ours since then keeps it; it does nothing any more.
    if (stream.write !== write) return;
    if (own === undefined) Reflect.deleteProperty(stream, "write");
    else Object.defineProperty(stream, "write", own);
  };
}

/** Whether the cursor is at the start of a line after `chunk`; `midLine` before it. */
function endsLine(chunk: unknown, midLine: boolean): boolean {
  if (chunk instanceof Uint8Array) return chunk.length === 0 ? !midLine : chunk.at(-1) === NEWLINE;
  const text = stripVTControlCharacters(String(chunk).slice(-TAIL));
  return text === "" ? !midLine : text.endsWith("\n");
}
