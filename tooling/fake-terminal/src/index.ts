/**
 * A small terminal: what was written to it becomes a screen, with what has scrolled off above it. It knows what our display
 * uses (newline, return, cursor up, erasing, colours, and on a whole screen: the second screen, a place for the cursor, whether it
 * is seen) and throws on any other escape sequence. Like most terminals
 * of today, it wraps lines anew when its width changes.
 */
import { EventEmitter } from "node:events";

interface Row {
  text: string;
  /** Whether the row goes on in the next one because it was too long. */
  wraps: boolean;
}

/** A terminal that is a stream, as `process.stderr` is one. */
export class FakeTerminal extends EventEmitter {
  /** What a stream says of itself where it is a terminal. */
  readonly isTTY: boolean = true;
  /** The width, in characters. */
  columns: number;
  /** The height, in lines. */
  readonly rows: number;
  /** How many writes there were. */
  writes = 0;
  #lines: Row[] = [{ text: "", wraps: false }];
  #row = 0;
  #column = 0;
  /** The beginning of an escape sequence whose rest is still to come. */
  #unfinished = "";
  /** Whether the cursor is seen. */
  cursorIsSeen = true;
  /** The first screen, while a program has the second one. */
  #first: { readonly lines: Row[]; readonly row: number; readonly column: number } | undefined;

  /** A terminal of this size, with nothing on it. */
  constructor(columns = 80, rows = 24) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines that were ever printed and not erased, as a person can scroll through them. */
  get text(): string {
    return this.#lines
      .map(({ text }) => text.trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** Whether a program has the second ("alternate") screen. */
  get isAlternate(): boolean {
    return this.#first !== undefined;
  }

  /** Where the next character goes; both count from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  /** Shows a text. Always true: there is room for more. */
  write(chunk: string | Uint8Array): boolean {
    this.writes += 1;
    this.echo(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
    return true;
  }

  /** Shows what did not come through the stream: keys that were pressed. */
  echo(text: string): void {
    const all = this.#unfinished + text;
    const last = all.lastIndexOf("\x1b");
    const isWhole = last < 0 || /^\[[\d;?]*[a-zA-Z]/u.test(all.slice(last + 1));
    this.#unfinished = isWhole ? "" : all.slice(last);
    this.#show(isWhole ? all : all.slice(0, last));
  }

  #show(text: string): void {
    const [plain = "", ...escapes] = text.split("\x1b");
    for (const character of plain) this.#take(character);
    for (const escape of escapes) {
      const [sequence = "", count = "", verb = ""] = /^\[([\d;?]*)([a-zA-Z])/u.exec(escape) ?? [];
      this.#obey(verb, count);
      for (const character of escape.slice(sequence.length)) this.#take(character);
    }
  }

  /** Gives the terminal another width, and tells its listeners. */
  resize(columns: number): void {
    this.columns = columns;
    const before = this.#lines;
    const cursorLine = before.slice(0, this.#row).filter(({ wraps }) => !wraps).length;
    const whole: string[] = [];
    for (const [i, { text }] of before.entries()) {
      if (before[i - 1]?.wraps === true) whole.push(`${whole.pop() ?? ""}${text}`);
      else whole.push(text);
    }
    this.#lines = [];
    for (const [i, line] of whole.entries()) {
      if (i === cursorLine) this.#row = this.#lines.length;
      const pieces = line.trimEnd().match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""];
      this.#lines.push(...pieces.map((text, piece) => ({ text, wraps: piece < pieces.length - 1 })));
    }
    this.emit("resize");
  }

  #take(character: string): void {
    if (character === "\n") this.#newline(false);
    else if (character === "\r") this.#column = 0;
    else this.#put(character);
  }

  #obey(verb: string, count: string): void {
    if (verb === "m") return;
    if (verb === "A") this.#row = Math.max(this.#top, this.#row - Number(count || 1));
    else if (verb === "K" && count === "") this.#clearLine();
    else if (verb === "J" && count === "") this.#clearBelow();
    else if (verb === "J" && count === "2") this.#lines = this.#lines.map(() => ({ text: "", wraps: false }));
    else if (verb === "H") this.#move(count);
    else if (count === "?25") this.cursorIsSeen = verb === "h";
    else if (count === "?1049") this.#change(verb === "h");
    else throw new Error(`This terminal does not know the escape sequence ${count}${verb}`);
  }

  #move(place: string): void {
    const [row = 1, column = 1] = place.split(";").map(Number);
    this.#row = this.#top + row - 1;
    this.#column = column - 1;
    while (this.#lines.length <= this.#row) this.#lines.push({ text: "", wraps: false });
  }

  #change(toAlternate: boolean): void {
    if (toAlternate === this.isAlternate) return;
    const next = this.#first ?? { lines: [{ text: "", wraps: false }], row: 0, column: 0 };
    this.#first = toAlternate ? { lines: this.#lines, row: this.#row, column: this.#column } : undefined;
    this.#lines = next.lines;
    this.#row = next.row;
    this.#column = next.column;
  }

  /** The first row of the screen: the cursor can't go above it. */
  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) this.#newline(true);
    const line = this.#current;
    line.text = `${line.text.slice(0, this.#column).padEnd(this.#column)}${character}${line.text.slice(this.#column + 1)}`;
    this.#column += 1;
  }

  #newline(wraps: boolean): void {
    this.#current.wraps = wraps;
    this.#row += 1;
    this.#column = 0;
    if (this.#row === this.#lines.length) this.#lines.push({ text: "", wraps: false });
  }

  #clearLine(): void {
    this.#current.text = this.#current.text.slice(0, this.#column);
  }

  #clearBelow(): void {
    this.#clearLine();
    this.#lines.length = this.#row + 1;
  }

  get #current(): Row {
    const line = this.#lines[this.#row];
    if (line === undefined) throw new Error(`The terminal has no row ${this.#row}`);
    return line;
  }
}
