/** The program `remembering.ts` in a process of its own, and what is known of it from outside. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("remembering.ts", import.meta.url));
/** All of them run the same files: compiled once, they start in a fraction of the time. */
const compiled = fileURLToPath(new URL("../../node_modules/.cache/hyperion-ts/compiled", import.meta.url));
const POLL_MS = 5;
/** Long enough on a busy machine; that it takes two seconds at most is tested elsewhere. */
const GONE_MS = 20_000;

/** A program that runs until it is killed, at the latest by the end of its scope. */
export class RunningProgram implements AsyncDisposable {
  /** The keys whose results it has acknowledged. */
  readonly acknowledged = new Set<number>();
  /** Everything else that it has said. */
  readonly said: string[] = [];
  readonly #dir: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #unfinished = "";
  #errors = "";

  /**
   * `haltAfter`: after so many acknowledgements it halts behind the next COMMIT and says "committed". `database`: the file,
   * where it is not that of `dir`.
   */
  constructor(dir: string, keys: number, haltAfter = Number.POSITIVE_INFINITY, ...database: readonly string[]) {
    this.#dir = dir;
    this.#child = spawn(process.execPath, [program, dir, String(keys), String(haltAfter), ...database], {
      // Its agents and workers have the same working directory: all that it started is found by this.
      cwd: dir,
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#closed = once(this.#child, "close");
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#read(String(chunk)));
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.#errors += String(chunk)));
  }

  /** Throws when the program ends by itself before `condition` holds. */
  async until(condition: (program: RunningProgram) => boolean): Promise<void> {
    while (!condition(this)) {
      if ((this.#child.exitCode ?? this.#child.signalCode) !== null && !this.#child.stdout?.readable)
        throw new Error(`The program ended early: ${this.#errors}`);
      await sleep(POLL_MS);
    }
  }

  /** Its end, when it comes by itself: the exit code, what it printed as errors, and the ids of processes that it has left. */
  async end(): Promise<{ readonly code: number | null; readonly errors: string; readonly left: readonly number[] }> {
    await this.#closed;
    return { code: this.#child.exitCode, errors: this.#errors, left: await this.kill() };
  }

  /** Kills it with SIGKILL, reads what it had said, and waits for the end of all that it had started. Returns the ids of those that still run. */
  async kill(): Promise<readonly number[]> {
    this.#child.kill("SIGKILL");
    await this.#closed;
    const end = performance.now() + GONE_MS;
    while (processesIn(this.#dir).length > 0 && performance.now() < end) await sleep(POLL_MS);
    return processesIn(this.#dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of await this.kill()) process.kill(pid, "SIGKILL");
  }

  #read(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) {
      const [, key] = /^acknowledged (\d+)$/.exec(line) ?? [];
      if (key === undefined) this.said.push(line);
      else this.acknowledged.add(Number(key));
    }
  }
}

/** The processes whose working directory is `dir`. */
const processesIn = (dir: string): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && workingDirectory(name) === dir)
    .map(Number);

function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It has ended, or is somebody else's.
    return undefined;
  }
}
