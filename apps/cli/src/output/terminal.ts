/** Where a command writes to: the process's own streams, or those of a test. */

/** What a command needs of a stream. */
export interface Output {
  /** Writes text. */
  write(text: string): unknown;
  /** Whether a person reads it. */
  readonly isTTY?: boolean | undefined;
  /** How wide the terminal is, and how high. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** A stream whose screen can be drawn on. */
export interface ScreenOutput extends Output {
  /** Hears that the terminal has another size. */
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

/** The keys of a terminal. */
export interface Keyboard extends NodeJS.ReadableStream {
  /** Whether they are those of a person. */
  readonly isTTY?: boolean | undefined;
  /** Whether each key is told at once, and means nothing to the terminal itself. */
  setRawMode?(isRaw: boolean): unknown;
}

/** The streams and the environment of a command. */
export interface Terminal {
  /** Absent: nobody presses a key. */
  readonly stdin?: Keyboard;
  readonly stdout: ScreenOutput;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How tables are written to it. */
export const tableOptionsOf = (terminal: Terminal): { readonly columns: number; readonly colour: boolean } => ({
  columns: screenOf(terminal).columns,
  colour: usesColour(terminal),
});

/** What fits on any terminal, and into any mail. */
const PIPED_COLUMNS = 80;
const PIPED_ROWS = 40;

/** How wide and high a screen of the command is. */
export const screenOf = ({ stdout }: Terminal): { readonly columns: number; readonly rows: number } => ({
  columns: stdout.columns ?? PIPED_COLUMNS,
  rows: stdout.rows ?? PIPED_ROWS,
});

/** Whether to write colours: to a terminal, unless `NO_COLOR` is set (https://no-color.org); always with `FORCE_COLOR`. */
export function usesColour({ stdout, env }: Terminal): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}
