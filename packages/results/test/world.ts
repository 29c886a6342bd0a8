/** What a test owns: a folder of its own, and processes that end with it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { keyValMap } from "../src/index.ts";

export type Folder = Disposable & { readonly path: string; readonly database: string };

/** A temporary folder; `database` is a path in it where no file is yet. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "hyperion-ts-results-"));
  return {
    path,
    database: join(path, "results.sqlite"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

export type Program = AsyncDisposable & {
  readonly pid: number;
  readonly nextLine: () => Promise<string | undefined>;
  readonly write: (text: string) => void;
  readonly endInput: () => void;
  readonly kill: () => Promise<void>;
};

/** Runs test/programs/NAME in a process of its own. Killed, at the latest, when disposed of. */
export const runProgram = (name: string, ...args: readonly string[]): Program => runProgramWith({}, name, ...args);

/** As runProgram, with further environment variables. */
export function runProgramWith(env: NodeJS.ProcessEnv, name: string, ...args: readonly string[]): Program {
  const file = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const closed = once(child, "close");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await closed;
  };
  return {
    pid: pidOf(child),
    nextLine: async () => {
      const line = await lines.next();
      return line.done ? undefined : line.value;
    },
    write: (text) => void child.stdin.write(text),
    endInput: () => child.stdin.end(),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("The test program did not start");
  return child.pid;
}

/** Reads all further lines of a program. */
export async function remainingLines(program: Program): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let line = await program.nextLine(); line !== undefined; line = await program.nextLine()) lines.push(line);
  return lines;
}

/** The map of the root search, as in Hyperion's example. */
export const brackets = keyValMap(
  "binary_root_search",
  z.object({ n: z.int(), x: z.number(), eps: z.number() }),
  z.tuple([z.number(), z.number()]),
);

/** A key of `brackets`. */
export const root = (n: number): { readonly n: number; readonly x: number; readonly eps: number } => ({
  n,
  x: 2,
  eps: 1e-9,
});
