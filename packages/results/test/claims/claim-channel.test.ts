/** Channels between jobs and their program, which come and go. */
import { describe, expect, test } from "vitest";
import { insert, memoizeWithMap } from "../../src/index.ts";
import { remoteArbiter } from "../../src/remote-arbiter.ts";
import { temporaryFolder } from "../world.ts";
import { connect, controlled, never, open, openJob, settle, until, world } from "./asking-jobs.ts";
import { errorTexts, map } from "./claim-world.ts";

describe("a channel", () => {
  test("that is expected is waited for, and no longer than that", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one, two } = all;
    await insert(map, 1, "program")({ results: program });
    one.arbiter.expect(3_600_000);
    const waiting = memoizeWithMap(map, never, 1)({ results: one.results });
    await settle();
    connect(one);
    expect(await waiting).toBe("program");
    two.arbiter.expect(1);
    expect(await memoizeWithMap(map, () => async () => "own", 1)({ results: two.results })).toBe("own");
  });

  test("to another program tells that of what is computed", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one } = all;
    connect(one);
    const { calls, run } = controlled();
    const computing = memoizeWithMap(map, run, 1)({ results: one.results });
    await until(() => calls.length === 1);
    await program[Symbol.asyncDispose]();
    await using again = await open(folder, "program");
    const session = again.openClaimSession({ errors: errorTexts });
    connect({ ...one, session });
    await settle();
    const other = await openJob(folder, again, "other");
    await using results = other.results;
    connect(other);
    const waiting = memoizeWithMap(map, never, 1)({ results });
    await settle();
    calls[0]?.resolve("once");
    await computing;
    await settle();
    const feed = one.results.exchange.feed(new Map(), () => undefined);
    for (let batch = feed.next(); batch !== undefined; batch = feed.next())
      await again.exchange.take(batch, { id: "one" });
    expect(await waiting).toBe("once");
  });

  test("of a job whose head was lost frees what that was computing when the next head comes, or at once", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { one, two } = all;
    const { run, calls } = controlled();
    connect(one);
    connect(two);
    for (const free of [
      () => one.session.release(),
      () => void connect({ ...one, arbiter: remoteArbiter(errorTexts) }),
    ]) {
      const key = calls.length;
      void memoizeWithMap(map, run, key)({ results: one.results });
      await until(() => calls.length === key + 1);
      const taking = memoizeWithMap(map, () => async () => "taken over", key)({ results: two.results });
      await settle();
      free();
      expect(await taking).toBe("taken over");
    }
  });

  test("that is cut leaves those who wait to themselves, as does a program that ends", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one, two } = all;
    const { calls, run } = controlled();
    const wait = async () => {
      const key = calls.length;
      const computing = memoizeWithMap(map, run, key)({ results: one.results });
      await until(() => calls.length === key + 1);
      const waiting = memoizeWithMap(map, () => async () => "alone", key)({ results: two.results });
      await settle();
      return { computing, waiting };
    };
    connect(one);
    const cut = connect(two);
    const first = await wait();
    cut();
    expect(await first.waiting).toBe("alone");
    connect(two);
    const second = await wait();
    await program[Symbol.asyncDispose]();
    expect(await second.waiting).toBe("alone");
    for (const call of calls) call.resolve("one");
    expect(await Promise.all([first.computing, second.computing])).toEqual(["one", "one"]);
  });

  test("of a job that the program may be waiting for does not have it wait for the program", async () => {
    using folder = temporaryFolder();
    await using all = await world(folder);
    const { program, one, two } = all;
    connect({ ...one, session: program.openClaimSession({ errors: errorTexts, waitsForOwn: false }) });
    connect(two);
    const { calls, run } = controlled();
    const byJob = () => () => memoizeWithMap(map, run, 1)({ results: one.results });
    const programs = memoizeWithMap(map, byJob, 1)({ results: program });
    await until(() => calls.length === 1);
    // Equal calls of jobs are not made twice for that.
    const second = memoizeWithMap(map, run, 2)({ results: two.results });
    await until(() => calls.length === 2);
    const others = [
      memoizeWithMap(map, never, 1)({ results: two.results }),
      memoizeWithMap(map, never, 2)({ results: one.results }),
    ];
    await settle();
    for (const call of calls) call.resolve("job");
    await one.bringRows();
    expect(await programs).toBe("job");
    await two.bringRows();
    expect(await Promise.all([...others, second])).toEqual(["job", "job", "job"]);
  });

  test("keeps no claim for a question that was taken back while its answer was on the way", async () => {
    using folder = temporaryFolder();
    await using program = await open(folder, "program");
    const answers: unknown[] = [];
    const [first, second, third] = Array.from({ length: 3 }, () =>
      program.openClaimSession({ errors: errorTexts }).connect((messages) => answers.push(...messages)),
    );
    const ask = { type: "ask", id: 1, map: "m", key: "1", code: "any" };
    const takeBack = { type: "end", id: 1, how: "released" };
    first?.receive([ask]);
    second?.receive([ask]);
    await settle();
    first?.receive([takeBack]);
    second?.receive([takeBack]);
    await settle();
    third?.receive([ask]);
    await settle();
    expect(answers.filter((answer) => JSON.stringify(answer).includes("yours"))).toHaveLength(2);
  });

  test("refuses what is none of its messages", async () => {
    using folder = temporaryFolder();
    await using program = await open(folder, "program");
    const channel = program.openClaimSession({ errors: errorTexts }).connect(() => undefined);
    const own = remoteArbiter(errorTexts).connect(() => undefined);
    for (const end of [channel, own])
      for (const messages of [undefined, {}, [null], [{ type: "ask", id: 1, map: "m" }], [{ type: "found", id: 1 }]])
        expect(() => end.receive(messages)).toThrow(TypeError);
    expect(() => channel.receive([{ type: "ask", id: 1, map: "m", key: "1", code: "none" }])).toThrow("no message");
  });
});
