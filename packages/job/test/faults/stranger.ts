/**
 * Another user of this machine, who has got into folders in which others may write. Only root can act as one. What the
 * stranger does is done by processes with the stranger's uid, so that the kernel says what is possible.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";

const STRANGER = { uid: 54_321, gid: 54_321 } as const;

/** Whether tests can act as somebody else. */
export const haveStranger = process.getuid?.() === 0 && spawnSync("true", { ...STRANGER }).status === 0;

/** Folders as they are in the world: one's own, a project's, and one like /tmp. */
export const FOLDER_MODES = [
  { title: "a folder of its owner alone (0700)", mode: 0o700, shared: false },
  { title: "a folder that a group shares (0770)", mode: 0o770, shared: true },
  { title: "a folder that everybody shares (1777)", mode: 0o1777, shared: true },
] as const;

/** Gives a folder a mode, and the group that the stranger is in. */
export function shareFolder(path: string, mode: number): void {
  chownSync(path, process.getuid?.() ?? 0, STRANGER.gid);
  chmodSync(path, mode);
}

/** Runs a program as the stranger. Throws where it fails, as it does where the kernel forbids what it tries. */
export const asStranger = (...[file = "", ...args]: readonly string[]): void =>
  void execFileSync(file, args, { ...STRANGER, cwd: "/", stdio: "ignore" });

/**
 * Lets the stranger make `target`, a folder of compiled code like `recorded`, with a line more in each entry that is text: it makes a
 * file in `canaries`. Returns how many entries have it.
 */
export function plantCompiledCode(recorded: string, target: string, canaries: string): number {
  const staged = mkdtempSync(join(tmpdir(), "hyperion-staged-"));
  try {
    let planted = 0;
    for (const name of readdirSync(recorded, { recursive: true, encoding: "utf8" })) {
      if (statSync(join(recorded, name)).isDirectory()) continue;
      const entry = readFileSync(join(recorded, name));
      const isText = /^(?:import|export|\/\*\*)/.test(entry.subarray(HEADER_BYTES).toString("latin1"));
      mkdirSync(dirname(join(staged, name)), { recursive: true });
      writeFileSync(join(staged, name), isText ? withLine(entry, canary(canaries)) : entry);
      planted += isText ? 1 : 0;
    }
    execFileSync("chmod", ["-R", "a+rX", staged]);
    asStranger("mkdir", "-p", dirname(target));
    asStranger("cp", "-r", staged, target);
    return planted;
  } finally {
    rmSync(staged, { recursive: true });
  }
}

/** The layout of an entry of the runtime's cache: magic, size of the source, size of this, CRC of the source, CRC of this. */
const HEADER_BYTES = 20;

const canary = (folder: string): string =>
  `process.getBuiltinModule("node:fs").appendFileSync(${JSON.stringify(folder)} + "/" + process.pid, "");`;

function withLine(entry: Buffer, line: string): Buffer {
  const header = Buffer.from(entry.subarray(0, HEADER_BYTES));
  const code = Buffer.concat([Buffer.from(`${line}\n`), entry.subarray(HEADER_BYTES)]);
  header.writeUInt32LE(code.length, 8);
  header.writeUInt32LE(crc32(code), 16);
  return Buffer.concat([header, code]);
}
