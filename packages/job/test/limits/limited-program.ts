/** Runs of a program under a limit: a cgroup of its own, or what its environment and a command before it say. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { vi } from "vitest";
import type { RunEvent } from "../../src/index.ts";

export type Event =
  | RunEvent
  | {
      readonly type: "done";
      readonly calls?: number;
      readonly values?: readonly (readonly [number, number])[];
      readonly errors?: readonly string[];
    };

/** A cgroup of version 1, and the files that limit it. */
export interface Limits {
  readonly controller: "pids" | "memory" | "cpu";
  readonly files: Readonly<Record<string, string>>;
}

/** Whether cgroups can be made here: as root, of version 1. */
export const canLimit =
  process.getuid?.() === 0 &&
  existsSync("/sys/fs/cgroup/pids/cgroup.procs") &&
  existsSync("/sys/fs/cgroup/memory/cgroup.procs");

export interface RunOf {
  /** A file in `programs`, and what follows the directory among its arguments. */
  readonly program: string;
  readonly args: readonly string[];
  readonly limits?: Limits;
  /** A command that runs the program, such as prlimit. */
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs it in a directory of its own, and gives the events that it printed. What it leaves behind in its cgroup fails the run. */
export async function run({ program, args, limits, before = [], env = {} }: RunOf): Promise<readonly Event[]> {
  await using group = limits === undefined ? undefined : cgroup(limits);
  const dir = mkdtempSync(join(tmpdir(), "hyperion-limits-"));
  try {
    const command = [...before, process.execPath, join(import.meta.dirname, "programs", program), dir, ...args];
    // It enters its cgroup before it starts anything.
    const argv =
      group === undefined
        ? command
        : ["sh", "-c", 'echo $$ > "$0"; exec "$@"', join(group.folder, "cgroup.procs"), ...command];
    const child = spawn(argv[0] ?? "", argv.slice(1), {
      stdio: ["ignore", "pipe", "inherit"],
      // Git looks at the program's repository when a run begins: one more process, for as long as that takes.
      env: { ...process.env, GIT_DIR: join(dir, "no-repository"), ...env },
    });
    const printed = await text(child.stdout);
    return printed.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Event]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Users whom nobody is, also while these tests run a second time on this machine. */
let nextUid = 100_000 + 10 * process.pid;

/** Runs a program as a user who has no other process and may have so many; of root's rights it keeps those to files, so that it finds its own. */
export function asUser(processes: number): readonly string[] {
  // What still ends of an earlier user's is not counted.
  const uid = (nextUid += 1);
  const rights = ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"];
  return [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${uid}`,
    "--clear-groups",
    ...rights,
    "prlimit",
    `--nproc=${processes}`,
  ];
}

function cgroup({ controller, files }: Limits): AsyncDisposable & { readonly folder: string } {
  const folder = `/sys/fs/cgroup/${controller}/hyperion-test-${randomUUID()}`;
  mkdirSync(folder);
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), value);
  // A process closes its files before it leaves its cgroup, which takes no folder away from it.
  return { folder, [Symbol.asyncDispose]: () => vi.waitFor(() => rmdirSync(folder), { timeout: 10_000 }) };
}

export const eventsOf = <T extends Event["type"]>(
  events: readonly Event[],
  type: T,
): readonly Extract<Event, { type: T }>[] =>
  events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
