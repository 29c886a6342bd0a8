/** Another user of this machine. Only root can act as one. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";

export const STRANGER = { uid: 54_321, gid: 54_321 } as const;

export const haveStranger = process.getuid?.() === 0 && spawnSync("true", { ...STRANGER }).status === 0;

/** Runs a shell's line as the stranger, with `$1`, `$2` and so on. Throws where it fails. */
export const asStranger = (line: string, ...args: readonly string[]): void =>
  void execFileSync("sh", ["-euc", line, "sh", ...args], { ...STRANGER, cwd: "/", stdio: "ignore" });

/** Gives a folder a mode, and the group that the stranger is in. */
export function shareFolder(path: string, mode: number): void {
  chownSync(path, process.getuid?.() ?? 0, STRANGER.gid);
  chmodSync(path, mode);
}
