/** What happens to files under a running program: somebody tidies up, a disk fills, a file system goes. */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LaptopFault, Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { COMPLETES, type ExpectedEnd, fails } from "../judge/program-end.ts";
import type { LaptopTarget } from "../world/laptop-target.ts";

const isRoot = (): string | null => (process.getuid?.() === 0 ? null : "only root can mount a file system");

const noAttributes = (): string | null =>
  isRoot() ??
  (spawnSync("lsattr", ["-d", tmpdir()]).status === 0 ? null : "the file system of temporary files has no attributes");

type Strike = (target: LaptopTarget) => void;

const fault = (
  name: string,
  strike: Strike,
  ends: readonly ExpectedEnd[],
  more: Partial<LaptopFault> = {},
): LaptopFault => ({ name, kind: "files", world: "laptop", strike, ends, ...more });

/** The program says which file it is about; where it was just ending, it completes. */
const TELLS = [COMPLETES, fails(/results\.sqlite/)];

/** What is taken away when the last COMMIT is over is lost by who takes it, and not by the program. */
const IN_TIME: Partial<LaptopFault> = { moments: ["starting", "running", "running", "running"] };

const remove = (...paths: readonly string[]): void =>
  paths.forEach((path) => rmSync(path, { recursive: true, force: true }));

/** Where it is there yet. */
function ifThere(path: string, use: (path: string) => void): void {
  if (existsSync(path)) use(path);
}

/** What happens to the program's files. */
export const files: readonly LaptopFault[] = [
  fault("database-removed", ({ database }) => remove(database), TELLS, IN_TIME),
  fault("database-removed-around-commit", ({ database }) => remove(database), TELLS, {
    ...IN_TIME,
    haltAtCommitMs: 25,
  }),
  fault("database-removed-with-log", ({ database }) => remove(database, `${database}-wal`), TELLS, IN_TIME),
  fault(
    "database-renamed",
    ({ database }) => ifThere(database, () => renameSync(database, `${database}.old`)),
    TELLS,
    IN_TIME,
  ),
  fault(
    "database-renamed-with-log",
    ({ database }) => ifThere(database, () => moveDatabase(database, `${database}.old`)),
    TELLS,
    { ...IN_TIME, mend: ({ database }) => ifThere(`${database}.old`, lookInto) },
  ),
  fault("database-truncated", ({ database }) => ifThere(database, () => truncateSync(database)), TELLS, {
    ...IN_TIME,
    destroys: true,
  }),
  fault("database-replaced", (target) => ifThere(target.database, () => replace(target)), TELLS, IN_TIME),
  fault("database-log-removed", ({ database }) => remove(`${database}-wal`), TELLS, IN_TIME),
  fault("database-log-truncated", ({ database }) => ifThere(`${database}-wal`, truncateSync), TELLS, {
    ...IN_TIME,
    destroys: true,
  }),
  fault("database-lock-removed", ({ database }) => remove(`${database}.lock`), TELLS),
  fault(
    "database-lock-removed-and-second-program",
    (target) => {
      remove(`${target.database}.lock`);
      target.startOther();
    },
    TELLS,
    { otherEnds: [COMPLETES, fails(/results\.sqlite/)] },
  ),
  fault("database-read-by-another", ({ database }) => ifThere(database, lookInto), [COMPLETES]),
  fault("directory-removed", ({ dir }) => remove(dir), [COMPLETES, fails(/run/)], IN_TIME),
  fault(
    "directory-renamed",
    ({ dir }) => ifThere(dir, () => renameSync(dir, `${dir}-old`)),
    [COMPLETES, fails(/run/)],
    { ...IN_TIME, mend: ({ dir }) => putDirectoryBack(dir) },
  ),
  fault("logs-removed", ({ dir }) => remove(join(dir, "logs")), [COMPLETES]),
  fault("data-removed", ({ dir }) => remove(join(dir, "data")), [COMPLETES]),
  fault("temporary-folder-removed", ({ temporary }) => remove(temporary), [COMPLETES], {
    mend: ({ temporary }) => void mkdirSync(temporary, { recursive: true }),
  }),
  fault("disk-full", ({ dir }) => fill(dir), [COMPLETES, fails(/full|space|ENOSPC/i)], {
    missing: isRoot,
    launch: (scene) => mountSmall(scene, scene.dir),
    mend: ({ dir }) => remove(join(dir, "filler")),
  }),
  fault("temporary-folder-full", ({ temporary }) => fill(temporary), [COMPLETES], {
    missing: isRoot,
    launch: (scene) => mountSmall(scene, scene.temporary),
    mend: ({ temporary }) => remove(join(temporary, "filler")),
  }),
  fault("directory-read-only", () => undefined, [fails(/read-only|EROFS/i)], {
    missing: isRoot,
    moments: ["starting"],
    launch: (scene) => mountReadOnly(scene),
    mend: ({ dir }) => mount("-o", "remount,rw", dir),
  }),
  fault(
    "directory-immutable",
    ({ dir }) => ifThere(dir, () => execFileSync("chattr", ["+i", dir])),
    [COMPLETES, fails(/results\.sqlite|run\//)],
    {
      missing: noAttributes,
      mend: ({ dir }) => ifThere(dir, makeMutable),
      launch: ({ dir, resources }) => (resources.defer(() => ifThere(dir, makeMutable)), {}),
    },
  ),
  fault(
    "source-changed",
    ({ source }) => appendFileSync(join(source, "program", "calls.ts"), "\n// Somebody works on it.\n"),
    [COMPLETES],
    { ownSource: true, moments: ["running", "ending"] },
  ),
  fault(
    "source-removed",
    ({ source, root }) => renameSync(source, join(root, "removed")),
    [COMPLETES, fails(/calls\.ts|main\.ts/)],
    { ownSource: true, moments: ["running", "ending"], mend: putSourceBack },
  ),
  fault(
    "source-removed-and-workers-killed",
    (target) => {
      renameSync(target.source, join(target.root, "removed"));
      void target.find("worker").then((pids) => pids.forEach((pid) => target.signal(pid, "SIGKILL")));
    },
    [COMPLETES, fails(/calls\.ts|main\.ts/)],
    { ownSource: true, moments: ["running", "ending"], mend: putSourceBack },
  ),
  fault("second-program", (target) => target.startOther(), [COMPLETES, fails(/is held by/)], {
    otherEnds: [COMPLETES, fails(/is held by/)],
  }),
  fault(
    "several-programs-at-once",
    (target) => {
      for (let i = target.random.between(1, 3); i > 0; i -= 1) target.startOther();
    },
    [COMPLETES, fails(/is held by|has a lock/)],
    { moments: ["at-once"], otherEnds: [COMPLETES, fails(/is held by|has a lock/)] },
  ),
];

function moveDatabase(from: string, to: string): void {
  for (const end of ["-wal", ""]) ifThere(`${from}${end}`, (path) => renameSync(path, `${to}${end}`));
}

/** A backup of some time ago is put back: another database under the same name. */
function replace({ database, root }: LaptopTarget): void {
  const backup = join(root, "backup.sqlite");
  using other = new DatabaseSync(backup);
  other.exec("create table notes (text)");
  copyFileSync(backup, `${database}.new`);
  renameSync(`${database}.new`, database);
}

/** As sqlite3 does, which puts it in order where nobody else has it. */
function lookInto(database: string): void {
  try {
    using reader = new DatabaseSync(database);
    reader.prepare("select count(*) from hyperion_key_val").get();
  } catch {
    // It is locked, as it should be.
  }
}

/** The second run has made none yet. */
function putDirectoryBack(dir: string): void {
  if (!existsSync(`${dir}-old`)) return;
  // What the program may have saved when it found itself homeless is kept.
  if (existsSync(dir)) renameSync(dir, `${dir}-made-anew`);
  renameSync(`${dir}-old`, dir);
}

function putSourceBack({ source, root }: Scene): void {
  ifThere(join(root, "removed"), (removed) => renameSync(removed, source));
}

const mount = (...args: readonly string[]): void => void execFileSync("mount", args);

/** A file system of two megabytes, until the end of the round. */
function mountSmall({ resources }: Scene, folder: string): Launch {
  mkdirSync(folder, { recursive: true });
  mount("-t", "tmpfs", "-o", "size=2m,mode=0755", "hyperion-campaign", folder);
  resources.defer(() => void execFileSync("umount", ["--lazy", folder]));
  return {};
}

function mountReadOnly(scene: Scene): Launch {
  mountSmall(scene, scene.dir);
  mount("-o", "remount,ro", scene.dir);
  return {};
}

const makeMutable = (dir: string): void => void execFileSync("chattr", ["-i", dir]);

/** To the last byte. */
function fill(folder: string): void {
  for (const size of [65_536, 4_096, 1]) {
    try {
      for (;;) appendFileSync(join(folder, "filler"), Buffer.alloc(size));
    } catch {
      // It is full.
    }
  }
}
