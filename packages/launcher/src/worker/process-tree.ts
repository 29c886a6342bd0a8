/** A process and all that it has started, from proc(5); where there is no /proc, just the process. */
import { readdirSync, readFileSync } from "node:fs";

/** The process ids of `root` and of its descendants. Those whose parents have ended are not found. */
export function processTree(root: number): readonly number[] {
  return [root, ...childrenOf(root).flatMap(processTree)];
}

/** The session that a process belongs to; undefined when it is gone. */
export function sessionOf(pid: number): number | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // Behind the command's name, which is in parentheses: state, parent, process group, session.
  const session = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3];
  return session === undefined ? undefined : Number(session);
}

function childrenOf(pid: number): readonly number[] {
  const threads = `/proc/${pid}/task`;
  return namesIn(threads).flatMap((thread) =>
    readIfThere(`${threads}/${thread}/children`)
      .split(" ")
      .filter((child) => child !== "")
      .map(Number),
  );
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
