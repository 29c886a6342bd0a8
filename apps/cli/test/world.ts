/** What a test owns: a folder, and programs that run in it as processes of their own; and the command, as a person calls it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json as jsonOf, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type FoundRun, runsIn } from "@hyperion-ts/control";
import { descendants, untilGone } from "@hyperion-ts/processes";
import { vi } from "vitest";
import { runCommandLine } from "../src/index.ts";

/** A folder that is gone at the end of its scope, and `$TMPDIR` until then: sockets of programs that are killed go with it. */
export class TestFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "hyperion-cli-")));

  constructor() {
    vi.stubEnv("TMPDIR", this.path);
  }

  [Symbol.dispose](): void {
    vi.unstubAllEnvs();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What a command has written, and its exit code. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export async function hyperion(...args: readonly string[]): Promise<Answer> {
  const written = { out: "", err: "" };
  const code = await runCommandLine(args, {
    stdout: { write: (part) => (written.out += part) },
    stderr: { write: (part) => (written.err += part) },
    env: {},
  });
  return { code, ...written };
}

/** The JSON that a command writes; it has to go well. */
export async function json<A>(...args: readonly string[]): Promise<A> {
  const { code, out, err } = await hyperion(...args, "--json");
  if (code !== 0) throw new Error(`hyperion ${args.join(" ")} ended with ${code}: ${err}`);
  return JSON.parse(out) as A;
}

/** What a run answers over its socket, as curl would ask. */
export const asked = (socketPath: string, path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path, agent: false }, (response) => resolve(jsonOf(response))).on("error", reject);
  });

/** A program of `programs`, `waiting.ts` unless another is named, as a process of its own; killed, with all that it has started, at the end of its scope. */
export class WaitingProgram implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly printed: Promise<string>;
  readonly errors: Promise<string>;
  readonly exited: Promise<unknown>;
  readonly #dir: string;

  constructor(dir: string, calls: number, name = "waiting.ts") {
    this.#dir = dir;
    const program = join(import.meta.dirname, "programs", name);
    this.child = spawn(process.execPath, [program, dir, String(calls)], { stdio: ["ignore", "pipe", "pipe"] });
    this.printed = this.child.stdout === null ? Promise.resolve("") : text(this.child.stdout);
    this.errors = this.child.stderr === null ? Promise.resolve("") : text(this.child.stderr);
    this.exited = once(this.child, "exit");
  }

  /** Its run, when that can be asked. */
  async found(): Promise<FoundRun> {
    return this.until(() => runsIn(this.#dir).find(({ control }) => control?.run.pid === this.child.pid));
  }

  /** What `look` finds, as soon as it does. */
  async until<A>(look: () => A | undefined | Promise<A | undefined>): Promise<A> {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`The program ended early: ${await this.errors}`);
      await sleep(20);
    }
  }

  /** Lets its calls end. */
  go(): void {
    writeFileSync(join(this.#dir, "go"), "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const below = descendants(this.child.pid ?? -1);
    this.child.kill("SIGKILL");
    await this.exited;
    await untilGone(below, 60_000);
  }
}
