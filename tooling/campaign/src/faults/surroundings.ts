/** Surroundings that a program does not expect: names, masks, streams, tools, and what strangers have left. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  lchownSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaptopFault, Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { COMPLETES, type ExpectedEnd, fails, isKilled } from "../judge/program-end.ts";
import type { LaptopTarget } from "../world/laptop-target.ts";

const fault = (name: string, more: Partial<LaptopFault>): LaptopFault => ({
  name,
  kind: "surroundings",
  world: "laptop",
  moments: ["at-once"],
  ends: [COMPLETES],
  ...more,
});

/** A shell that changes something of itself and then becomes the program. */
const shell = (line: string, ...args: readonly string[]): Launch => ({
  before: ["sh", "-c", `${line} exec "$@"`, args[0] ?? "sh"],
});

const NOBODY = 65_534;
const isRoot = (): string | null => (process.getuid?.() === 0 ? null : "only root can leave another user's files");

/** It is told that it can't have the place, or does without what the stranger has left. */
const REFUSES: readonly ExpectedEnd[] = [COMPLETES, fails(/results\.sqlite|lock|logs|data|run/)];

function kill({ head, hasEnded, signal }: LaptopTarget): void {
  if (!hasEnded) signal(head, "SIGKILL");
}

/** What a program is started in. */
export const surroundings: readonly LaptopFault[] = [
  fault("path-without-tools", { launch: withoutTools }),
  fault("path-without-tools-head-killed", {
    launch: withoutTools,
    moments: ["starting", "running", "running"],
    strike: kill,
    ends: [COMPLETES, isKilled("SIGKILL")],
  }),
  fault("path-empty", { launch: () => ({ env: { PATH: "" } }) }),
  fault("temporary-folder-missing", { launch: () => ({ env: { TMPDIR: "/dev/null/nothing" } }) }),
  fault("directory-with-spaces", { dirName: "a run  of mine " }),
  fault("directory-with-quotes", { dirName: `it's "mine" $HOME \`x\` \\ ;&|` }),
  fault("directory-with-newline", { dirName: "first line\nsecond line" }),
  fault("directory-with-percent", { dirName: "100%20 of #1 ?x=ü" }),
  fault("umask-000", { launch: () => shell("umask 000;") }),
  fault("umask-077", { launch: () => shell("umask 077;") }),
  fault("umask-777", {
    launch: () => shell("umask 777;"),
    ends: [COMPLETES, fails(/permission|EACCES|unable to open/i)],
  }),
  fault("stdin-closed", { launch: () => shell("exec <&-;") }),
  fault("output-closed", { launch: () => shell("exec >&- 2>&-;"), ends: [COMPLETES, fails(/^/)] }),
  fault("all-streams-closed", { launch: () => shell("exec <&- >&- 2>&-;"), ends: [COMPLETES, fails(/^/)] }),
  fault("reader-gone", {
    options: { cpus: 2, progress: "plain" },
    launch: (scene) => intoPipe(scene, "gone"),
    ends: [COMPLETES, fails(/^/), isKilled("SIGPIPE")],
  }),
  fault("reader-sleeps", { options: { cpus: 2, progress: "plain" }, launch: (scene) => intoPipe(scene, "sleeps") }),
  fault("output-to-full-device", {
    options: { cpus: 2, progress: "plain" },
    launch: () => shell('exec > "$0" 2>&1;', "/dev/full"),
    ends: [COMPLETES, fails(/^/)],
  }),
  fault("strange-variables", {
    launch: () => ({
      env: {
        LANG: "tr_TR.UTF-8",
        LC_ALL: "xx",
        TZ: "Nowhere/Nothing",
        TERM: "",
        HOME: "/nonexistent",
        USER: "",
        SHELL: "/bin/false",
        COLUMNS: "-1",
        FORCE_COLOR: "3",
      },
    }),
  }),
  fault("signals-ignored", { launch: () => shell("trap '' HUP INT TERM PIPE CHLD;") }),
  fault("nice-19", { launch: () => ({ before: ["nice", "-n", "19"] }), endsWithinMs: 60_000 }),
  fault("strangers-lock", {
    missing: isRoot,
    launch: (scene) => left(scene, "results.sqlite.lock", "mine"),
    ends: REFUSES,
    mend: ({ dir }) => clear(dir),
  }),
  fault("strangers-database", {
    missing: isRoot,
    launch: (scene) => left(scene, "results.sqlite", "no database"),
    ends: REFUSES,
    mend: ({ dir }) => clear(dir),
  }),
  fault("strangers-logs", {
    missing: isRoot,
    launch: (scene) => left(scene, "logs", "no folder"),
    ends: REFUSES,
    mend: ({ dir }) => clear(dir),
  }),
  fault("strangers-data", {
    missing: isRoot,
    launch: (scene) => left(scene, "data", "no folder"),
    ends: REFUSES,
    mend: ({ dir }) => clear(dir),
  }),
  fault("strangers-link", { missing: isRoot, launch: linked, ends: REFUSES, mend: ({ dir }) => clear(dir) }),
];

/** Only Node and a shell. */
function withoutTools({ root }: Scene): Launch {
  const bin = join(root, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  symlinkSync("/bin/sh", join(bin, "sh"));
  return { env: { PATH: bin } };
}

/** Something of that name that another user has put into a folder where everybody may write. */
function left({ dir }: Scene, name: string, text: string): Launch {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o1777);
  writeFileSync(join(dir, name), text);
  chownSync(join(dir, name), NOBODY, NOBODY);
  return {};
}

/** The database is another user's link that leads elsewhere. */
function linked({ dir, root }: Scene): Launch {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o1777);
  symlinkSync(join(root, "elsewhere.sqlite"), join(dir, "results.sqlite"));
  lchownSync(join(dir, "results.sqlite"), NOBODY, NOBODY);
  return {};
}

const clear = (dir: string): void =>
  void execFileSync("find", [
    dir,
    "-mindepth",
    "1",
    "-maxdepth",
    "1",
    "(",
    "-uid",
    String(NOBODY),
    "-o",
    "-type",
    "l",
    ")",
    "-exec",
    "rm",
    "-rf",
    "{}",
    "+",
  ]);

/** The output goes into a pipe whose reader has gone, or reads nothing for a while and then all. */
function intoPipe({ root, resources }: Scene, reader: "gone" | "sleeps"): Launch {
  const pipe = join(root, "pipe");
  execFileSync("mkfifo", [pipe]);
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const ended = new AbortController();
  resources.defer(() => ended.abort());
  void (reader === "gone" ? readNothing(pipe, fd, ended.signal) : readLate(fd, ended.signal));
  return { before: ["sh", "-c", 'exec > "$0" 2>&1; exec "$@"', pipe] };
}

/** Who opens a pipe for writing waits for a reader: there is one for a moment, now and then. */
async function readNothing(pipe: string, first: number, ended: AbortSignal): Promise<void> {
  for (let fd = first; ; fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)) {
    await sleep(300);
    closeSync(fd);
    if (ended.aborted) return;
  }
}

/** Full from the start, and empty only after a while. */
async function readLate(fd: number, ended: AbortSignal): Promise<void> {
  const page = Buffer.alloc(4_096, ".");
  whileItGoes(() => writeSync(fd, page));
  await sleep(1_500);
  while (!ended.aborted) {
    whileItGoes(() => readSync(fd, page));
    await sleep(20);
  }
  closeSync(fd);
}

/** Until the pipe is full, or empty. */
function whileItGoes(step: () => number): void {
  try {
    while (step() > 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
  }
}
