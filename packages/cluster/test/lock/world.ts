/** What a test of locks owns: a program's folder, and processes that end with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { programInfo } from "@hyperion-ts/job";
import type { CanLock } from "../../src/index.ts";

/** A program's folder. */
export interface ProgramFolder extends Disposable {
  readonly path: string;
  /** The environment of a job of it, as far as locks need it. */
  readonly env: CanLock;
  /** The lock files, and what else is in their folder. */
  locks(): readonly string[];
  /** The path of the one lock file that there is. */
  oneLock(): string;
}

export function programFolder(): ProgramFolder {
  const path = mkdtempSync(join(tmpdir(), "hyperion-lock-"));
  const folder = join(path, "data", "locks");
  const locks = (): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
  return {
    path,
    env: { programInfo: programInfo(path), signal: new AbortController().signal },
    locks,
    oneLock: () => join(folder, locks().find((name) => name.endsWith(".lock")) ?? "none"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A process that says lines. Killed, at the latest, when it is disposed of. */
export interface LockProcess extends AsyncDisposable {
  nextLine(): Promise<string | undefined>;
  endInput(): void;
  kill(): Promise<void>;
  readonly ended: Promise<unknown>;
}

/** Runs programs/NAME.ts with the folder and further arguments. */
export function lockProcess(name: string, { path }: ProgramFolder, ...args: readonly string[]): LockProcess {
  const file = join(import.meta.dirname, "programs", `${name}.ts`);
  const child: ChildProcess = spawn(process.execPath, [file, path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  if (child.stdout === null) throw new Error("The process has no output");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return {
    nextLine: async () => {
      const { done, value } = await lines.next();
      return done === true ? undefined : value;
    },
    endInput: () => void child.stdin?.end(),
    kill,
    ended,
    [Symbol.asyncDispose]: kill,
  };
}

/** The number in a file; 0 where there is none. */
export const counted = (file: string): number => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
