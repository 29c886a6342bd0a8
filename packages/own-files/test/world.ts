/** What a test owns: a folder of its own; and, for root, another user. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Folder extends Disposable {
  readonly path: string;
  readonly at: (name: string) => string;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "hyperion-ts-own-files-"));
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

const STRANGER = { uid: 54_321, gid: 54_321 } as const;

export const haveStranger = process.getuid?.() === 0 && spawnSync("true", { ...STRANGER }).status === 0;

/** Runs a program as another user. */
export const asStranger = (...[file = "", ...args]: readonly string[]): void =>
  void execFileSync(file, args, { ...STRANGER, cwd: "/" });
