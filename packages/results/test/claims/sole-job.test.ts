/** A job that is the only one which asks its program, and those that come beside it. */
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { insert, lookup, memoizeWithMap, type ResultsDatabase } from "../../src/index.ts";
import { type Folder, temporaryFolder } from "../world.ts";
import { connect, controlled, type Job, never, open, openJob, settle, until, world } from "./asking-jobs.ts";
import { map } from "./claim-world.ts";

/** A job that has read the program's database as it is, which it can't do within one process, and is connected. */
async function openSole(folder: Folder, program: ResultsDatabase): Promise<Job & { readonly cut: () => void }> {
  await insert(map, -1, "read")({ results: program });
  using feed = program.exchange.feed(new Map(), () => undefined);
  const { fileId = "", rows = [], texts } = feed.next() ?? {};
  expect(texts).toBeUndefined();
  const job = await openJob(folder, program, "sole");
  const cut = connect(job);
  job.arbiter.hasRead({ fileId, rowid: rows.length });
  await settle();
  return { ...job, cut };
}

const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
  await settle();
  const pending = Symbol();
  return (await Promise.race([promise, turn(pending)])) === pending;
};

describe("a job that is alone", () => {
  test("asks nothing, and tells what it computes, and waits with it for its rows, when another one comes", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, two } = all;
    const sole = await openSole(folder, program);
    await using results = sole.results;
    const sent = sole.sent.length;
    const keys = Array.from({ length: 1_000 }, (_, key) => key);
    await Promise.all(keys.map((key) => memoizeWithMap(map, () => async () => `${key}`, key)({ results })));
    expect(await lookup(map, 5_000)({ results })).toBeUndefined();
    const { calls, run } = controlled();
    const computing = memoizeWithMap(map, run, 2_000)({ results });
    await until(() => calls.length === 1);
    await settle();
    expect(sole.sent.length).toBe(sent);
    connect(two);
    const other = { results: two.results };
    const stored = memoizeWithMap(map, never, 7)(other);
    const running = memoizeWithMap(map, never, 2_000)(other);
    expect(await isPending(stored)).toBe(true);
    await sole.bringRows();
    expect(await stored).toBe("7");
    calls[0]?.resolve("once");
    expect(await computing).toBe("once");
    await sole.bringRows();
    expect(await running).toBe("once");
    // From here on it asks, too.
    const third = memoizeWithMap(map, run, 3_000)(other);
    await until(() => calls.length === 2);
    const fourth = memoizeWithMap(map, never, 3_000)({ results });
    await settle();
    calls[1]?.resolve("of the other");
    expect(await third).toBe("of the other");
    await two.bringRows();
    expect(await fourth).toBe("of the other");
  });

  test("asks of what it has not read: rows of the program, from before and later, and of jobs without a link", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, two } = all;
    const sole = await openSole(folder, program);
    await using results = sole.results;
    sole.cut();
    await insert(map, 2, "before")({ results: program });
    connect(sole);
    await settle();
    await insert(map, 3, "of the program")({ results: program });
    await insert(map, 4, "of a job")({ results: two.results });
    await two.bringRows();
    await settle();
    const values = await Promise.all([2, 3, 4].map((key) => memoizeWithMap(map, never, key)({ results })));
    expect(values).toEqual(["before", "of the program", "of a job"]);
  });

  test.each(["comes back", "is taken for lost"])("is waited for while its channel is cut, until it %s", async (how) => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, two } = all;
    const sole = await openSole(folder, program);
    await using results = sole.results;
    const { calls, run } = controlled();
    const computing = memoizeWithMap(map, run, 1)({ results });
    await until(() => calls.length === 1);
    if (how === "comes back") await memoizeWithMap(map, () => async () => "stored", 5)({ results });
    sole.cut();
    connect(two);
    const ofTwo = memoizeWithMap(map, run, 1)({ results: two.results });
    const ofProgram = memoizeWithMap(map, run, 2)({ results: program });
    const ending = new AbortController();
    const aborted = memoizeWithMap(map, never, 3)({ results: program, signal: ending.signal });
    expect(await isPending(Promise.race([ofTwo, ofProgram, aborted]))).toBe(true);
    expect(calls).toHaveLength(1);
    ending.abort(new Error("given up"));
    await expect(aborted).rejects.toThrow("given up");
    const isBack = how === "comes back";
    if (isBack) {
      const stored = memoizeWithMap(map, never, 5)({ results: two.results });
      connect(sole);
      expect(await isPending(stored)).toBe(true);
      await sole.bringRows();
      expect(await stored).toBe("stored");
    } else sole.session.release();
    await sole.bringRows();
    await until(() => calls.length === (isBack ? 2 : 3));
    for (const [i, call] of calls.entries()) call.resolve(`call ${i}`);
    await computing;
    await sole.bringRows();
    expect(await ofTwo).toMatch(isBack ? "call 0" : /call [12]/);
    await ofProgram;
  });

  test("is so no more as soon as its program computes something, and is not waited for by a closed one", async () => {
    using folder = temporaryFolder();
    await using program = await open(folder, "program");
    const sole = await openSole(folder, program);
    await using results = sole.results;
    const { calls, run } = controlled();
    const ofSole = memoizeWithMap(map, run, 1)({ results });
    const ofProgram = memoizeWithMap(map, never, 1)({ results: program });
    await until(() => calls.length === 1);
    calls[0]?.resolve("once");
    await ofSole;
    await sole.bringRows();
    expect(await ofProgram).toBe("once");
    // After some questions it is alone again.
    for (let key = 10; key < 100; key += 1) await memoizeWithMap(map, () => async () => "", key)({ results });
    await settle();
    const sent = sole.sent.length;
    await memoizeWithMap(map, () => async () => "", 100)({ results });
    await settle();
    expect(sole.sent.length).toBe(sent);
    sole.cut();
    const waiting = memoizeWithMap(map, never, 200)({ results: program });
    expect(await isPending(waiting)).toBe(true);
    await program[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
  });
});
