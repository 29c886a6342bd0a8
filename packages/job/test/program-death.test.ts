import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openResults } from "@hyperion-ts/results";
import { descendants, type ProcessId, untilGone } from "@hyperion-ts/processes";
import { expect, test } from "vitest";
import { lookupAll, programInfo } from "../src/index.ts";
import { TempDir } from "./local-run.ts";
import { squares } from "./programs/memoising.ts";

const program = fileURLToPath(new URL("./programs/memoising.ts", import.meta.url));

/** A program that runs until its scope ends. */
class RunningProgram implements AsyncDisposable {
  readonly acknowledged: number[] = [];
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  #output = "";
  #errors = "";

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    this.exited = once(this.child, "exit");
    this.child.stdout?.on("data", (chunk: Buffer) => this.#read(String(chunk)));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.#errors += String(chunk)));
  }

  get errors(): string {
    return this.#errors;
  }

  get processes(): readonly ProcessId[] {
    return descendants(this.child.pid ?? -1);
  }

  async untilAcknowledged(count: number): Promise<void> {
    while (this.acknowledged.length < count) {
      if (this.child.exitCode !== null) throw new Error(`The program ended early: ${this.#errors}`);
      await sleep(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const below = this.processes;
    this.child.kill("SIGKILL");
    await untilGone(below, 60_000);
  }

  #read(text: string): void {
    this.#output += text;
    const lines = this.#output.split("\n");
    this.#output = lines.pop() ?? "";
    this.acknowledged.push(...lines.filter((line) => line !== "end").map(Number));
  }
}

async function stored(dir: TempDir): Promise<number[]> {
  await using results = await openResults({ path: dir.info.database, programId: programInfo(dir.path).id });
  const rows = await lookupAll(squares)({ results });
  return rows.map(([key]) => key.x);
}

test("kill -9 of the program: no agent or worker is left soon, also from a synchronous loop, and every acknowledged result is stored", async () => {
  using dir = new TempDir();
  await using running = new RunningProgram(dir.path, "5000", "150");
  await running.untilAcknowledged(100);
  await sleep(300);
  const below = running.processes;
  expect(below.length).toBeGreaterThanOrEqual(3);
  running.child.kill("SIGKILL");
  expect(await untilGone(below, 60_000)).toEqual([]);
  await running.exited;
  expect(await stored(dir)).toEqual(expect.arrayContaining(running.acknowledged));
});

test("Ctrl-C: the program says how to go on, leaves nobody, and the next run computes only the rest", async () => {
  using dir = new TempDir();
  {
    await using running = new RunningProgram(dir.path, "300", "-1");
    await running.untilAcknowledged(50);
    const below = running.processes;
    running.child.kill("SIGINT");
    await running.exited;
    expect(running.errors).toContain("run the same command again to go on from there");
    expect(await untilGone(below, 60_000)).toEqual([]);
    expect(running.acknowledged.length).toBeLessThan(300);
  }
  const before = await stored(dir);
  await using again = new RunningProgram(dir.path, "300", "-1");
  await again.exited;
  const after = await stored(dir);
  expect(before.length).toBeGreaterThanOrEqual(50);
  expect(after.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, x) => x));
});

test("a second program in the same directory is refused, and told who holds the database", async () => {
  using dir = new TempDir();
  await using first = new RunningProgram(dir.path, "5000", "-1");
  await first.untilAcknowledged(1);
  await using second = new RunningProgram(dir.path, "10", "-1");
  await second.exited;
  expect(second.errors).toContain(`process ${first.child.pid}`);
});
