/** Running a command for each hold, such as one that writes a mail: it gets the hold's text as its standard input. */
import { spawn } from "node:child_process";
import { holdText } from "./hold-text.ts";
import type { Hold } from "./hold.ts";

/** So many in a run: whoever gets the mail has understood by then. */
const MOST_NOTICES = 20;
/** Then it is killed. */
const TIME_LIMIT_MS = 60_000;

/** The command of one run. Never throws, and waits for nothing. */
export class HoldNotice {
  readonly #argv: readonly string[];
  readonly #failed: (sentence: string) => void;
  #told = 0;
  #hasFailed = false;

  /** `argv`: a program and its arguments, without a shell; `failed` hears, once, that it has not worked. */
  constructor(argv: readonly string[], failed: (sentence: string) => void) {
    this.#argv = argv;
    this.#failed = failed;
  }

  /** Runs it for a hold, unless it has run often enough. */
  tell(hold: Hold): void {
    this.#told += 1;
    if (this.#told > MOST_NOTICES) return;
    const last =
      this.#told === MOST_NOTICES ? `\n\nThis is the last notice of this run: hyperion holds lists all.` : "";
    const [file = "", ...args] = this.#argv;
    try {
      const child = spawn(file, args, { stdio: ["pipe", "ignore", "ignore"], timeout: TIME_LIMIT_MS });
      child.on("error", (error) => this.#fails(error.message));
      child.on("exit", (code, signal) => {
        if (code !== 0) this.#fails(code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`);
      });
      // Who does not read it is no failure.
      child.stdin.on("error", () => undefined);
      child.stdin.end(`${holdText(hold)}${last}\n`);
      // The program does not wait for it.
      child.unref();
    } catch (error) {
      this.#fails(error instanceof Error ? error.message : String(error));
    }
  }

  #fails(why: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failed(`The command of onHold (${this.#argv.join(" ")}) does not work: ${why}. Holds are kept all the same`);
  }
}
