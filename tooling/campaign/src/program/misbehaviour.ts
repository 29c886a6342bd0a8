/** What hostile calls do: each is a thing that somebody's function has done to somebody's program. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, readlinkSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CallContext } from "@hyperion-ts/remote";
import type { Note } from "./journal.ts";

type Deed = (context: CallContext, note: (what: Note["what"]) => void) => Promise<void> | void;

const A_MEGABYTE = 1_048_576;

function fail(): never {
  throw new Error("hostile: as planned");
}

/** For ever, so that the judge sees that it still has its CPU. */
const loop: Deed = (_context, note) => {
  for (;;) {
    pause(10);
    note("alive");
  }
};

const DEEDS = {
  throws: fail,
  "throws in nextTick": () => process.nextTick(fail),
  "throws in a timer": () => void setTimeout(fail, 10),
  "throws nothing": () => Promise.reject<void>(undefined),
  "rejects unheard": () => void Promise.reject(new Error("hostile: as planned")),
  exits: () => process.exit(3),
  "exits with code 0": () => process.exit(0),
  "exits in a later tick": () => void setImmediate(() => process.exit(3)),
  "exits in a timer": () => void setTimeout(() => process.exit(3), 10),
  aborts: () => process.abort(),
  "kills itself": () => void process.kill(process.pid, "SIGKILL"),
  "ends itself": () => void process.kill(process.pid, "SIGTERM"),
  "stops itself": () => void process.kill(process.pid, "SIGSTOP"),
  loops: loop,
  "ignores SIGTERM and loops": (context, note) => {
    process.on("SIGTERM", () => undefined);
    return loop(context, note);
  },
  "never settles": () => new Promise<void>(() => undefined),
  "uses up its memory": () => {
    for (const kept: unknown[] = []; ;) kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
  },
  "prints 100 MB": () => {
    const text = Buffer.alloc(A_MEGABYTE, "hostile\n");
    for (let i = 0; i < 100; i += 1) for (let at = 0; at < text.length;) at += writeSync(i % 2 === 0 ? 1 : 2, text, at);
  },
  "closes 0 to 2": () => [0, 1, 2].forEach(close),
  "closes 3": () => close(3),
  "closes all": () => Array.from({ length: 64 }, (_, fd) => fd).forEach(close),
  "breaks Buffer.from": () => void Object.assign(Buffer, { from: fail }),
  "breaks Promise": () => ["then", "catch", "finally"].forEach((name) => breakMethod(Promise.prototype, name)),
  "breaks Map and JSON": () => {
    Object.assign(Map.prototype, { get: fail, set: fail, delete: fail });
    Object.assign(JSON, { parse: fail, stringify: fail });
  },
  "removes process.exit": () =>
    void Object.assign(process, { exit: () => undefined, kill: () => true, abort: () => undefined }),
  "removes its directory": () => {
    const folder = mkdtempSync(join(tmpdir(), "hostile-"));
    process.chdir(folder);
    rmSync(folder, { recursive: true });
  },
  "removes its log": () => {
    const log = readlinkSync("/proc/self/fd/1");
    if (existsSync(log)) rmSync(log);
  },
  "changes its title": () => void (process.title = "nobody in particular"),
  "starts a program in a session of its own": () =>
    spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).unref(),
  "starts a program that ignores SIGTERM": () =>
    spawn("sh", ["-c", "trap '' TERM HUP INT; while :; do sleep 1; done"], {
      detached: true,
      stdio: "inherit",
    }).unref(),
  "kills its agent": () => void process.kill(process.ppid, "SIGKILL"),
  "returns late": () => sleep(1_000),
  behaves: () => undefined,
} as const satisfies Readonly<Record<string, Deed>>;

/** The name of a deed. */
export type Misbehaviour = keyof typeof DEEDS;

/** Does it. Where it returns, the call goes on as if nothing had been. */
export async function misbehave(
  does: Misbehaviour,
  context: CallContext,
  note: (what: Note["what"]) => void,
): Promise<void> {
  const deed: Deed = DEEDS[does];
  await deed(context, note);
}

function breakMethod(prototype: object, name: string): void {
  Object.defineProperty(prototype, name, { value: fail });
}

function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // There is none of that number.
  }
}

const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
