/**
 * A folder that a command makes, once for all who want it: under a lock, and into its place by a rename. Two processes
 * may want it at once, and one that is killed leaves nothing that could be taken for it.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { commandResult, SYSTEM_ENV } from "./system-command.ts";
import type { CommandResult } from "./system-command.ts";

/**
 * Does nothing where `place` is there; else waits for whoever makes it, and makes it where nobody has.
 * @param command makes the folder at the path that it is given.
 * @returns how the command ended, and what it said.
 */
export async function makeOnce(place: string, command: (part: string) => readonly string[]): Promise<CommandResult> {
  if (existsSync(place)) return { exitCode: 0, stdout: "", stderr: "" };
  await mkdir(dirname(place), { recursive: true, mode: 0o755 });
  const part = `${place}.part`;
  const args = [
    ...DYING_WITH_THIS,
    ...underLock(`${place}.lock`),
    ...APART,
    "sh",
    "-c",
    MAKE_SCRIPT,
    "make",
    place,
    part,
    ...command(part),
  ];
  return await commandResult(spawn("setpriv", args, { env: SYSTEM_ENV, cwd: "/", stdio: "pipe" }), "");
}

/** If this process is killed, so is its child, and with that all that the command has started and mounted, in namespaces of its own. */
const DYING_WITH_THIS = ["--pdeathsig", "KILL"] as const;

/** The lock is an open file of those who make the folder: it is held as long as one of them lives. */
const underLock = (file: string): readonly string[] => ["flock", "--no-fork", file];

const APART = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;

const MAKE_SCRIPT = `
place=$1 part=$2; shift 2
[ -e "$place" ] && exit
rm -rf --one-file-system "$part"
"$@" && mv --no-target-directory "$part" "$place"
`;
