/** Commands in the place of Slurm's, which answer what a test says and keep what they were asked. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Fake commands in a folder of their own. `answers`: lines of sh for the 1st, 2nd, ... time; the last one holds for all that follow. */
export class FakeSlurm implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "hyperion-fake-slurm-"));
  /** To be set for this process, and for what it submits. */
  readonly path = `${this.#folder}:${process.env["PATH"]}`;

  constructor(answers: Readonly<Record<string, readonly string[]>>) {
    const silent = { sbatch: ["echo 1"], squeue: [":"], scancel: [":"], scontrol: ["exit 1"], sinfo: ["exit 1"] };
    for (const [command, lines] of Object.entries({ ...silent, ...answers })) this.#make(command, lines);
  }

  /** The argument vectors that a command was called with. */
  calls(command: string): readonly (readonly string[])[] {
    const file = join(this.#folder, `${command}.calls`);
    return existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => line.split("\0").slice(0, -1))
      : [];
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(command: string, lines: readonly string[]): void {
    const file = join(this.#folder, command);
    const cases = lines.map((line, i) => `${i === lines.length - 1 ? "*" : i + 1}) ${line};;`);
    writeFileSync(
      file,
      `#!/bin/sh\ncd '${this.#folder}'\n{ printf '%s\\0' "$@"; echo; } >> ${command}.calls\ncase $(wc -l < ${command}.calls) in\n${cases.join("\n")}\nesac\n`,
    );
    chmodSync(file, 0o755);
  }
}

/** sbatch refuses. */
export const refuses = (...lines: readonly string[]): string =>
  `printf 'sbatch: error: %s\\n' ${lines.map((line) => `"${line}"`).join(" ")} >&2; exit 1`;

/** Slurm's own last line. */
export const failedWith = (message: string): string => `Batch job submission failed: ${message}`;
