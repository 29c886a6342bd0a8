/** What a test owns: a folder, and programs that end with it, together with all that they started. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** A temporary folder; `database` is where a program that runs in it has its results. */
export interface Folder extends Disposable {
  readonly path: string;
  readonly database: string;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "hyperion-ts-demo-"));
  return { path, database: join(path, "results.sqlite"), [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. Disposing of it kills it and all that it started. */
export interface Program extends AsyncDisposable {
  readonly ended: Promise<Ended>;
  /** Sends a signal to the program alone, or, like the terminal's Ctrl-C, to its whole process group. */
  signal(signal: NodeJS.Signals, whom: "program" | "group"): void;
  /** The programs that live of all that this one started and of itself: their command lines. */
  alive(): string[];
}

const demo = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Runs the demo in a folder, with the folder as its directory of results. */
export const startDemo = (folder: Folder, ...args: readonly string[]): Program => startProgram(demo, folder, "--dir", folder.path, ...args);

/** Runs a program to its end. */
export async function runDemo(folder: Folder, ...args: readonly string[]): Promise<Ended> {
  await using program = startDemo(folder, ...args);
  return await program.ended;
}

/** Runs a file of TypeScript with `folder` as its current directory. */
export function startProgram(file: string, folder: Folder, ...args: readonly string[]): Program {
  // Every process that it starts has this variable too, whoever its parent is by then.
  const mark = `HYPERION_TEST_MARK=${crypto.randomUUID()}`;
  const [name = "", value] = mark.split("=");
  const child = spawn(process.execPath, [file, ...args], { cwd: folder.path, env: { ...process.env, [name]: value }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = new Promise<Pick<Ended, "code" | "signal">>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(([exit, stdout, stderr]) => ({ ...exit, stdout, stderr }));
  const pid = child.pid ?? Number.NaN;
  return {
    ended,
    signal: (signal, whom) => void process.kill(whom === "group" ? -pid : pid, signal),
    alive: () => marked(mark).map(({ command }) => command),
    [Symbol.asyncDispose]: async () => {
      for (const { pid } of marked(mark)) kill(pid);
      await ended;
    },
  };
}

/** Waits until nothing that a program started is alive. */
export async function untilGone(program: Program): Promise<void> {
  await expect.poll(() => program.alive(), { timeout: 10_000, interval: 50 }).toEqual([]);
}

/** Waits until a program has workers that run, so many of them. */
export async function untilWorkers(program: Program, count: number): Promise<void> {
  await expect.poll(() => program.alive().filter((command) => command.includes("worker-main")).length, { timeout: 20_000, interval: 50 }).toBe(count);
}

/** How many results a folder's database holds. It is copied first: its writer, which may be at work, lets nobody else in. */
export function storedResults({ database }: Folder): number {
  using copy = temporaryFolder();
  for (const end of ["", "-wal"]) if (existsSync(database + end)) copyFileSync(database + end, copy.database + end);
  const file = new DatabaseSync(copy.database);
  try {
    const isMade = file.prepare("SELECT 1 FROM sqlite_master WHERE name = 'hyperion_key_val'").get() !== undefined;
    return isMade ? Number(file.prepare("SELECT count(*) AS n FROM hyperion_key_val").get()?.["n"]) : 0;
  } finally {
    file.close();
  }
}

/** Waits until a program in this folder has stored some results. */
export async function untilResults(folder: Folder, count: number): Promise<void> {
  await expect.poll(() => storedResults(folder), { timeout: 30_000, interval: 50 }).toBeGreaterThanOrEqual(count);
}

function marked(mark: string): { readonly pid: number; readonly command: string }[] {
  return globSync("/proc/[0-9]*/environ").flatMap((file) => {
    const pid = Number(dirname(file).slice("/proc/".length));
    // A process may end while we look, and a zombie has neither.
    return readProc(file).split("\0").includes(mark) ? [{ pid, command: readProc(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() }] : [];
  });
}

function readProc(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
