/**
 * A terminal that is held for a while: its keys come one by one, and it is given back at each end that a process can have a word
 * in: an end in order, an error that nobody has caught, Ctrl-C and the signals that end. Ctrl-Z gives it back until the process
 * goes on.
 */
import { emitKeypressEvents, type Key } from "node:readline";
import type { Keyboard, ScreenOutput } from "../output/terminal.ts";
import { FullScreen } from "./full-screen.ts";

/** Who has the terminal. */
export interface TerminalHolder {
  /** A key was pressed: its name (`"q"`, `"up"`, `"shift-tab"`). */
  readonly pressed: (key: string) => void;
  /** All has to be drawn anew: the terminal has another size, or was given back for a while. */
  readonly redraw: () => void;
  /** Nobody presses a key any more: the terminal is gone. */
  readonly hungUp: () => void;
}

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One terminal, held from the constructor on until it is disposed of. */
export class TerminalHold implements Disposable {
  /** Where to draw. */
  readonly screen: FullScreen;
  readonly #keyboard: Keyboard;
  readonly #output: ScreenOutput;
  readonly #holder: TerminalHolder;

  constructor(keyboard: Keyboard, output: ScreenOutput, holder: TerminalHolder) {
    this.screen = new FullScreen(output);
    this.#keyboard = keyboard;
    this.#output = output;
    this.#holder = holder;
    emitKeypressEvents(keyboard);
    keyboard.on("keypress", this.#pressed);
    keyboard.on("end", holder.hungUp);
    output.on?.("resize", this.#resized);
    process.on("exit", this.#release);
    process.on("SIGTSTP", this.#stopped);
    process.on("SIGCONT", this.#continued);
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#ended);
    this.#take();
  }

  [Symbol.dispose](): void {
    this.#release();
    this.#keyboard.off("keypress", this.#pressed);
    this.#keyboard.off("end", this.#holder.hungUp);
    this.#keyboard.pause();
    this.#output.off?.("resize", this.#resized);
    process.off("exit", this.#release);
    process.off("SIGTSTP", this.#stopped);
    process.off("SIGCONT", this.#continued);
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#ended);
  }

  #take(): void {
    this.#keyboard.setRawMode?.(true);
    this.#keyboard.resume();
    this.screen.enter();
  }

  readonly #release = (): void => {
    this.screen.leave();
    this.#keyboard.setRawMode?.(false);
  };

  readonly #pressed = (_text: string | undefined, { name, sequence = "", ctrl, shift }: Key): void => {
    if (ctrl === true && name === "c") return this.#ended("SIGINT");
    // As the terminal would do by itself: all processes of this job.
    if (ctrl === true && name === "z") {
      this.#release();
      process.kill(0, "SIGTSTP");
    } else if (ctrl !== true)
      this.#holder.pressed(`${shift === true && name === "tab" ? "shift-" : ""}${name ?? sequence}`);
  };

  readonly #resized = (): void => {
    this.screen.clear();
    this.#holder.redraw();
  };

  readonly #stopped = (): void => {
    this.#release();
    process.kill(process.pid, "SIGSTOP");
  };

  readonly #continued = (): void => {
    this.#take();
    this.#resized();
  };

  /** Ends as a process does that has never heard of the signal: its parent is told which one it was. */
  readonly #ended = (signal: NodeJS.Signals): void => {
    this[Symbol.dispose]();
    process.kill(process.pid, signal);
  };
}
