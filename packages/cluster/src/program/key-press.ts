/** One key that a person presses, without Enter. */
import type { ReadStream } from "node:tty";

/** What was typed before the question is read in this time, and is no answer to it. */
const TYPE_AHEAD_MS = 100;

/** The terminal while it waits for a key. Disposing of it restores the terminal. */
export class KeyPress implements Disposable {
  readonly #terminal: ReadStream;
  readonly #wasRaw: boolean;
  readonly #wasFlowing: boolean;
  readonly #pressed: (key: string) => void;
  readonly #timer: NodeJS.Timeout;

  /** `ready` is called when the next key is an answer, and `pressed` with each key from then on. */
  constructor(terminal: ReadStream, ready: () => void, pressed: (key: string) => void) {
    this.#terminal = terminal;
    this.#wasRaw = terminal.isRaw;
    this.#wasFlowing = terminal.readableFlowing === true;
    this.#pressed = pressed;
    terminal.setRawMode(true);
    terminal.on("data", ignore);
    terminal.resume();
    this.#timer = setTimeout(() => {
      terminal.on("data", this.#read);
      ready();
    }, TYPE_AHEAD_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#terminal.off("data", this.#read);
    this.#terminal.off("data", ignore);
    this.#terminal.setRawMode(this.#wasRaw);
    // Who reads as well, goes on.
    if (!this.#wasFlowing) this.#terminal.pause();
  }

  readonly #read = (chunk: unknown): void => this.#pressed(String(chunk));
}

const ignore = (): void => undefined;
