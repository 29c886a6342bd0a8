/** Locks among the calls of one process. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { LockError } from "../../src/errors.ts";
import { type CanLock, lock } from "../../src/index.ts";
import { programFolder } from "./world.ts";

const never = (): Promise<never> => new Promise(() => undefined);

/** An action that notes when it begins and ends. */
const noting =
  (notes: string[], name: string): (() => Promise<string>) =>
  async () => {
    notes.push(`${name} begins`);
    await sleep(5);
    notes.push(`${name} ends`);
    return name;
  };

describe("calls of one process", () => {
  test("run one at a time under equal keys, in the order of asking, and leave no file", async () => {
    using folder = programFolder();
    const notes: string[] = [];
    const names = ["a", "b", "c", "d"];
    const keys = [
      { n: 1, x: 2 },
      { x: 2, n: 1 },
    ];
    const all = names.map((name, at) => lock(keys[at % 2] ?? null, noting(notes, name))(folder.env));
    expect(await Promise.all(all)).toEqual(names);
    expect(notes).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]));
    expect(folder.locks()).toEqual([]);
  });

  test("run at the same time under other keys, and under none", async () => {
    using folder = programFolder();
    const begun: string[] = [];
    const both = Promise.withResolvers<void>();
    const meeting = (name: string) => async (): Promise<void> => {
      if (begun.push(name) === 4) both.resolve();
      await both.promise;
    };
    const keys = ["a", { a: 1 }, [], []];
    await Promise.all(keys.map((key, at) => lock(key, meeting(String(at)))(folder.env)));
    expect(begun).toHaveLength(4);
  });

  test("a lock is given up when its action fails, with the action's own error", async () => {
    using folder = programFolder();
    const fails = lock("a", () => Promise.reject(new RangeError("no")));
    await expect(fails(folder.env)).rejects.toThrow(new RangeError("no"));
    expect(await lock("a", async () => 1)(folder.env)).toBe(1);
    expect(folder.locks()).toEqual([]);
  });

  test("the same key again inside is refused, another one is not", async () => {
    using folder = programFolder();
    const inside = (key: string) => lock(["a", "b"], (env: CanLock) => lock(key, async () => key)(env))(folder.env);
    expect(await inside("c")).toBe("c");
    await expect(inside("b")).rejects.toThrow(
      expect.objectContaining({
        name: "LockError",
        code: "held-already",
        key: '"b"',
        message: expect.stringContaining('has the lock of "b" already'),
      }),
    );
  });

  test("several keys in any order: all calls end", async () => {
    using folder = programFolder();
    const orders = [
      ["a", "b", "c"],
      ["c", "b", "a"],
      ["b", "a"],
      ["c", "a"],
    ];
    const notes: string[] = [];
    const calls = Array.from({ length: 12 }, (_, at) =>
      lock(orders[at % orders.length] ?? [], noting(notes, String(at)))(folder.env),
    );
    expect(await Promise.all(calls)).toHaveLength(12);
    for (const [at, note] of notes.entries())
      if (at % 2 === 1) expect(note).toBe(notes[at - 1]?.replace("begins", "ends"));
  });

  test("who waits for one of several keys has none of them", async () => {
    using folder = programFolder();
    const free = Promise.withResolvers<void>();
    const holding = lock("b", () => free.promise)(folder.env);
    await vi.waitFor(() => expect(folder.locks()).toHaveLength(1));
    const both = lock(["a", "b"], async () => "both")(folder.env);
    const alone = await lock("a", async () => "alone")(folder.env);
    expect(alone).toBe("alone");
    free.resolve();
    await holding;
    expect(await both).toBe("both");
  });
});

test("a wait ends with the signal's reason, and the lock goes to the next", async () => {
  using folder = programFolder();
  const free = Promise.withResolvers<void>();
  const holding = lock("a", () => free.promise)(folder.env);
  const controller = new AbortController();
  const waiting = lock("a", never)({ ...folder.env, signal: controller.signal });
  const next = lock("a", async () => "next")(folder.env);
  await vi.waitFor(() => expect(folder.locks()).toHaveLength(1));
  const reason = new Error("not wanted any more");
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  free.resolve();
  await holding;
  expect(await next).toBe("next");
  expect(folder.locks()).toEqual([]);
});

test("an action whose lock was removed is aborted, and fails", async () => {
  using folder = programFolder();
  const seen = Promise.withResolvers<unknown>();
  const locked = lock("a", async ({ signal }: CanLock) => {
    signal.addEventListener("abort", () => seen.resolve(signal.reason));
    rmSync(folder.oneLock());
    await seen.promise;
    return "done";
  })(folder.env);
  await expect(locked).rejects.toThrow(expect.objectContaining({ code: "lost", key: '"a"' }));
  await expect(seen.promise).resolves.toBeInstanceOf(LockError);
});

test("the lock file says who has it, and for which key", async () => {
  using folder = programFolder();
  const text = await lock(["mass\u0007es"], async () => readFileSync(folder.oneLock(), "utf8"))(folder.env);
  expect(JSON.parse(text)).toMatchObject({
    pid: process.pid,
    what: expect.stringMatching(/^program \S+, key "mass\\u0007es"$/),
  });
});

test("where others may write to the folder above, locks are in the home; a folder that is there and theirs is refused", async () => {
  using folder = programFolder();
  vi.stubEnv("HOME", join(folder.path, "home"));
  mkdirSync(join(folder.path, "data"));
  chmodSync(join(folder.path, "data"), 0o777);
  expect(await lock("a", async () => folder.locks())(folder.env)).toEqual([]);
  expect(readdirSync(join(folder.path, "home/.local/state/hyperion-ts"))).toHaveLength(1);
  vi.unstubAllEnvs();
  vi.stubEnv("HOME", join(folder.path, "other"));
  mkdirSync(join(folder.path, "data", "locks"));
  await expect(lock("a", never)(folder.env)).rejects.toThrow(
    expect.objectContaining({ name: "NotOursError", message: expect.stringContaining("may be written to by others") }),
  );
  vi.unstubAllEnvs();
});

test("what is no JSON value is refused as a key, by its place", async () => {
  using folder = programFolder();
  await expect(lock([{ x: [Number.NaN] }], never)(folder.env)).rejects.toThrow(
    new TypeError("lock: a key must be a JSON value, and $.x[0] of this one is NaN"),
  );
});
