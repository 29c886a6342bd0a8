/** Jobs that ask their program's database who computes. */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { forget, type HasResults, insert, lookup, memoizeWithMap } from "../../src/index.ts";
import { temporaryFolder } from "../world.ts";
import { connect, controlled, type Job, never, open, openJob, settle, until, world } from "./asking-jobs.ts";
import { map } from "./claim-world.ts";

describe("jobs that ask their program", () => {
  test("compute an equal key once, also with a call of the program itself, and know with which code", async () => {
    using folder = temporaryFolder();
    const hits: string[] = [];
    await using all = await world(folder, { codeOfToday: () => "hash", onHit: (name) => hits.push(name) });
    const { program, one, two } = all;
    connect(one);
    connect(two);
    const { calls, run } = controlled();
    const noted: unknown[] = [];
    const computing = memoizeWithMap(
      map,
      () => async (env: HasResults) => {
        env.noteCode?.("f");
        return await run()();
      },
      1,
    )({ results: one.results });
    await until(() => calls.length === 1);
    const waiting = [
      memoizeWithMap(map, never, 1)({ results: two.results, noteCode: (...note) => noted.push(note) }),
      memoizeWithMap(map, never, 1, { code: "same" })({ results: program }),
    ];
    await settle();
    // Both know that another database computes it.
    const elsewhere = [{ kind: "equal-call-elsewhere", map: "m", key: "1", callers: 1 }];
    expect([...two.results.waits()]).toMatchObject(elsewhere);
    expect([...program.waits()]).toMatchObject([{ ...elsewhere[0], callers: 2 }]);
    calls[0]?.resolve("once");
    expect(await computing).toBe("once");
    await one.bringRows();
    expect(await Promise.all(waiting)).toEqual(["once", "once"]);
    expect(noted).toEqual([["f", "hash"]]);
    expect(hits).toEqual(["m"]);
    // Who comes later finds it, without the row.
    expect(await memoizeWithMap(map, never, 1)({ results: two.results })).toBe("once");
    expect(await lookup(map, 1)({ results: two.results })).toBe("once");
    expect(hits).toEqual(["m", "m"]);
    expect(two.results.counters).toMatchObject({ lookups: 3, hits: 3, shared: 0, inserts: 0 });
    expect(program.counters).toMatchObject({ shared: 1, inserts: 0 });
  });

  test("share the error of a call, and not the failure of another's database", async () => {
    using folder = temporaryFolder();
    let full = true;
    await using all = await world(folder, {
      aroundCommit: (commit) => {
        if (full) throw new Error("no room");
        commit();
      },
    });
    const { one, two } = all;
    connect(one);
    connect(two);
    const { calls, run } = controlled();
    const call = ({ results }: Job) => memoizeWithMap(map, run, 1)({ results });
    const failing = Promise.allSettled([call(one), call(two)]);
    await until(() => calls.length === 1);
    await settle();
    calls[0]?.reject(new RangeError("x must not be negative"));
    expect(await failing).toMatchObject([
      { reason: { message: "x must not be negative" } },
      { reason: { message: "x must not be negative" } },
    ]);
    const first = call(one);
    await until(() => calls.length === 2);
    const second = call(two);
    await settle();
    calls[1]?.resolve("lost");
    await expect(first).rejects.toThrow("no room");
    await until(() => calls.length === 3);
    full = false;
    calls[2]?.resolve("kept");
    expect(await second).toBe("kept");
  });

  test("take a row that comes while another job computes its key", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one, two } = all;
    connect(one);
    const { calls, run } = controlled();
    const computing = memoizeWithMap(map, run, 1)({ results: one.results });
    await until(() => calls.length === 1);
    const waiting = memoizeWithMap(map, never, 1)({ results: program });
    // Not connected, it computes what it has not.
    await memoizeWithMap(map, () => async () => "two", 1)({ results: two.results });
    await two.bringRows();
    expect(await waiting).toBe("two");
    calls[0]?.resolve("one");
    expect(await computing).toBe("one");
  });

  test("get a row that is there, though another job computes its key that did not know", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one, two } = all;
    await insert(map, 1, "program")({ results: program });
    const { calls, run } = controlled();
    const computing = memoizeWithMap(map, run, 1)({ results: one.results });
    await until(() => calls.length === 1);
    connect(one);
    connect(two);
    await settle();
    expect(await memoizeWithMap(map, never, 1)({ results: two.results })).toBe("program");
    calls[0]?.resolve("one");
    expect(await computing).toBe("one");
  });

  test("who forgets a key does not get it back, and computes it anew", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one } = all;
    connect(one);
    await insert(map, 1, "program")({ results: program });
    const env = { results: one.results };
    await insert(map, 1, "own")(env);
    expect(await forget(map, () => true)(env)).toBe(1);
    expect(await lookup(map, 1)(env)).toBeUndefined();
    expect(await memoizeWithMap(map, () => async () => "anew", 1)(env)).toBe("anew");
  });

  test("whose code is not the program's compute with theirs what has to be of today's code", async () => {
    using folder = temporaryFolder();
    await using program = await open(folder, "program", { codeOfToday: () => "new" });
    program.noteCode("m", "f");
    await insert(map, 1, "new")({ results: program });
    const job = await openJob(folder, program, "old", { codeOfToday: () => "old" });
    await using results = job.results;
    connect(job);
    expect(await memoizeWithMap(map, never, 1)({ results })).toBe("new");
    expect(await memoizeWithMap(map, () => async () => "old", 1, { code: "same" })({ results })).toBe("old");
  });

  test("say thousands of calls of one turn in few messages, and leave no listener", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { one } = all;
    connect(one);
    await settle();
    const { signal } = new AbortController();
    const keys = Array.from({ length: 5_000 }, (_, key) => key);
    const env = { results: one.results, signal };
    const call = (key: number) => memoizeWithMap(map, () => async () => `${key}`, key)(env);
    expect(await Promise.all(keys.map(call))).toEqual(keys.map(String));
    expect(one.sent.filter((count) => count > 1_000).length).toBeGreaterThan(0);
    expect(one.sent.length).toBeLessThan(100);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
