/** What a test owns: a folder, and programs that end with it, together with all that they started. */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { descendants, type ProcessId, untilGone } from "@hyperion-ts/processes";
import { expect } from "vitest";

/** A temporary folder; `database` is where a program that runs in it has its results. */
export interface Folder extends Disposable {
  readonly path: string;
  readonly database: string;
}

export function temporaryFolder(parent = tmpdir()): Folder {
  const path = mkdtempSync(join(parent, ".hyperion-ts-demo-"));
  return {
    path,
    database: join(path, "results.sqlite"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. Disposing of it kills it and waits for the end of all that it started. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Agents and workers, as of now. */
  processes(): readonly ProcessId[];
}

/** Starts the demo, with the folder as its directory of results. */
export const startDemo = (folder: Folder, ...args: readonly string[]): Program =>
  startProgram(fileURLToPath(new URL("../src/main.ts", import.meta.url)), folder, "--dir", folder.path, ...args);

/** Runs the demo to its end. */
export async function runDemo(folder: Folder, ...args: readonly string[]): Promise<Ended> {
  await using program = startDemo(folder, ...args);
  return await program.ended;
}

/** Starts a file of TypeScript in a process group of its own, with `folder` as its current directory. */
export function startProgram(file: string, folder: Folder, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: folder.path,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<Pick<Ended, "code" | "signal">>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(([end, stdout, stderr]) => ({
    ...end,
    stdout,
    stderr,
  }));
  const pid = child.pid ?? Number.NaN;
  const processes = (): readonly ProcessId[] => descendants(pid);
  const kill = async (): Promise<void> => {
    const started = processes();
    child.kill("SIGKILL");
    await ended;
    await untilGone(started, 60_000);
  };
  return { pid, ended, processes, [Symbol.asyncDispose]: kill };
}

/** Waits until so many searches have begun: each of them says so in its worker's log file. */
export async function untilSearching(folder: Folder, count: number): Promise<void> {
  const begun = (): number =>
    globSync(join(folder.path, "logs/**/*.log")).reduce(
      (sum, file) => sum + readFileSync(file, "utf8").split("searching root").length - 1,
      0,
    );
  await expect.poll(begun, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(count);
}

/** How many results of a map a database holds; its program must have ended. */
export function storedResults(database: string, map: string): number {
  const file = new DatabaseSync(database);
  try {
    return Number(file.prepare("SELECT count(*) AS n FROM hyperion_key_val WHERE kv_map = ?").get(map)?.["n"]);
  } finally {
    file.close();
  }
}
