/** The command on a real terminal, with a person who presses keys. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeTerminal } from "@hyperion-ts/fake-terminal";
import { argumentsOf, descendants, untilGone } from "@hyperion-ts/processes";

const main = join(import.meta.dirname, "../src/main.ts");

/** What the shell says behind the command. */
const END = /ended with (\d+)[\s\S]*?(-?)icanon/u;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A command line on a terminal of its own; killed at the end of its scope. */
export class OnTerminal implements AsyncDisposable {
  /** All that was written to the terminal. */
  written = "";
  readonly #terminal = new FakeTerminal(200, 60);
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  /** A terminal of this size; `env` is set beside what is there. */
  constructor(
    args: readonly string[],
    {
      columns = 80,
      rows = 24,
      env = {},
    }: { columns?: number; rows?: number; env?: Readonly<Record<string, string>> } = {},
  ) {
    const command = [process.execPath, main, ...args].map(quoted).join(" ");
    const line = `tty; stty cols ${columns} rows ${rows}; ${command}; echo ended with $?; stty -a`;
    const { CI: _ci, NO_COLOR: _none, ...inherited } = process.env;
    this.#child = spawn("script", ["-qec", line, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...inherited, SHELL: "/bin/sh", TERM: "xterm-256color", ...env },
    });
    this.#closed = once(this.#child, "close");
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
      this.#terminal.echo(text);
    });
  }

  /** What the screen shows. */
  get screen(): string {
    return this.#terminal.text;
  }

  /** Whether the command has the second screen. */
  get isAlternate(): boolean {
    return this.#terminal.isAlternate;
  }

  /** The terminal as it was, as far as it tells: keys make lines again, and the cursor is seen. */
  get isGivenBack(): boolean {
    const settings = execFileSync("stty", ["-F", this.#tty, "-a"], { encoding: "utf8" });
    return !this.isAlternate && this.#terminal.cursorIsSeen && !settings.includes("-icanon");
  }

  /** The command's process. */
  get process(): number {
    const all = descendants(this.#child.pid ?? -1).filter(({ pid }) => argumentsOf(pid).includes(main));
    const command = all.find(({ pid }) => argumentsOf(pid)[0] === process.execPath);
    if (command === undefined) throw new Error(`The command does not run:\n${this.screen}`);
    return command.pid;
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  resize(columns: number, rows: number): void {
    execFileSync("stty", ["-F", this.#tty, "cols", String(columns), "rows", String(rows)]);
  }

  /** Resolves when the screen shows this; rejects when the command has ended without. */
  async until(look: string | RegExp | (() => boolean)): Promise<void> {
    const isThere = (): boolean =>
      typeof look === "function"
        ? look()
        : typeof look === "string"
          ? this.screen.includes(look)
          : look.test(this.screen);
    while (!isThere()) {
      if (this.#child.exitCode !== null) throw new Error(`${String(look)} was never seen:\n${this.screen}`);
      await sleep(20);
    }
  }

  /** Closes the terminal. Resolves when the command is gone. */
  async hangUp(): Promise<void> {
    const below = descendants(this.#child.pid ?? -1);
    this.#child.kill("SIGKILL");
    await untilGone(below, 60_000);
  }

  /** Resolves with the exit code, and whether the terminal is as it was. */
  async ended(): Promise<{ readonly code: number; readonly isRestored: boolean }> {
    await this.#closed;
    const [, code, minus] = END.exec(this.screen) ?? [];
    if (code === undefined) throw new Error(`The command did not end as it should:\n${this.screen}`);
    return { code: Number(code), isRestored: minus === "" && !this.isAlternate && this.#terminal.cursorIsSeen };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const below = descendants(this.#child.pid ?? -1);
    this.#child.kill("SIGKILL");
    for (const { pid } of below) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await this.#closed;
    await untilGone(below, 60_000);
  }

  get #tty(): string {
    const [tty] = /\/dev\/\S+/u.exec(this.written) ?? [];
    if (tty === undefined) throw new Error("The terminal has not said its name");
    return tty;
  }
}
