import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { lookup, memoizeWithMap, openResults, type HasResults } from "../src/index.ts";
import { brackets, root, temporaryFolder } from "./world.ts";

type Key = ReturnType<typeof root>;

/** A function whose calls the test ends by hand. */
function controlled() {
  const calls: PromiseWithResolvers<[number, number]>[] = [];
  const run =
    (_key: Key) =>
    (_env: HasResults): Promise<[number, number]> => {
      const call = Promise.withResolvers<[number, number]>();
      calls.push(call);
      return call.promise;
    };
  return { calls, run };
}

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort("enough") };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a second call, and a second run, compute nothing", async () => {
  using folder = temporaryFolder();
  const hits: string[] = [];
  let computed = 0;
  const compute = (key: Key) => async (): Promise<[number, number]> => [key.n, ++computed];
  for (const programId of ["first", "secnd"]) {
    await using results = await openResults({ path: folder.database, programId, onHit: (map) => hits.push(map) });
    expect(await memoizeWithMap(brackets, compute, root(2))({ results })).toEqual([2, 1]);
  }
  expect(computed).toBe(1);
  expect(hits).toEqual(["binary_root_search"]);
});

test("equal calls at the same time run once and share the value, each with a copy of its own", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const { calls, run } = controlled();
  const all = Promise.all(Array.from({ length: 20 }, () => memoizeWithMap(brackets, run, root(2))({ results })));
  const other = memoizeWithMap(brackets, run, root(3))({ results });
  await turn();
  expect(calls).toHaveLength(2);
  calls[0]?.resolve([1, 2]);
  calls[1]?.resolve([3, 4]);
  const values = await all;
  expect(values).toEqual(Array.from({ length: 20 }, () => [1, 2]));
  expect(new Set(values).size).toBe(20);
  expect(await other).toEqual([3, 4]);
  expect(results.counters).toEqual({ lookups: 2, hits: 0, shared: 19, inserts: 2, commits: expect.any(Number) });
});

test("whoever asks is told what is waited for: a value that an equal call computes, and the disk", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const { calls, run } = controlled();
  const { signal, abort } = abortable();
  const call = (env: HasResults = { results }) => memoizeWithMap(brackets, run, root(2))(env);
  const [computing, equal, aborted] = [call(), call(), call({ results, signal })];
  const third = aborted.catch((error: unknown) => error);
  await turn();
  const wait = { kind: "equal-call", map: "binary_root_search", key: expect.stringContaining('"n":2') };
  expect([...results.waits()]).toEqual([{ ...wait, callers: 2, sinceMs: expect.any(Number) }]);
  abort();
  await third;
  expect([...results.waits()]).toMatchObject([{ ...wait, callers: 1 }]);
  calls[0]?.resolve([1, 2]);
  // The row is there before its COMMIT; then there is nothing any more.
  while ([...results.waits()].every(({ kind }) => kind !== "commit")) await Promise.resolve();
  expect([...results.waits()]).toMatchObject([wait, { kind: "commit", key: wait.key, callers: 1 }]);
  await Promise.all([computing, equal]);
  expect([...results.waits()]).toEqual([]);
});

test("an error of the function is shared by those who wait, and not remembered", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const { calls, run } = controlled();
  const both = Promise.allSettled([1, 2].map(() => memoizeWithMap(brackets, run, root(2))({ results })));
  await turn();
  const reason = new RangeError("x must not be negative");
  calls[0]?.reject(reason);
  expect(await both).toEqual([
    { status: "rejected", reason },
    { status: "rejected", reason },
  ]);
  const again = memoizeWithMap(brackets, run, root(2))({ results });
  await turn();
  calls[1]?.resolve([1, 2]);
  expect(await again).toEqual([1, 2]);
});

test("where the running call is cancelled, one of the waiting runs in its place", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const { calls, run } = controlled();
  const cancelled = new AbortController();
  const first = memoizeWithMap(brackets, run, root(2))({ results, signal: cancelled.signal });
  const second = memoizeWithMap(brackets, run, root(2))({ results });
  const third = memoizeWithMap(brackets, run, root(2))({ results });
  await turn();
  cancelled.abort(new Error("group ended"));
  calls[0]?.reject(cancelled.signal.reason);
  await expect(first).rejects.toThrow("group ended");
  await turn();
  expect(calls).toHaveLength(2);
  calls[1]?.resolve([5, 6]);
  expect(await Promise.all([second, third])).toEqual([
    [5, 6],
    [5, 6],
  ]);
  expect(results.counters.inserts).toBe(1);
});

test("a waiting call whose own signal is aborted ends at once with its reason and leaves no listener", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const { calls, run } = controlled();
  const impatient = new AbortController();
  const patient = new AbortController();
  const first = memoizeWithMap(brackets, run, root(2))({ results });
  const second = memoizeWithMap(brackets, run, root(2))({ results, signal: impatient.signal });
  const third = memoizeWithMap(brackets, run, root(2))({ results, signal: patient.signal });
  await turn();
  const reason = new Error("not any more");
  impatient.abort(reason);
  await expect(second).rejects.toBe(reason);
  calls[0]?.resolve([1, 2]);
  expect(await Promise.all([first, third])).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(getEventListeners(impatient.signal, "abort")).toEqual([]);
  expect(getEventListeners(patient.signal, "abort")).toEqual([]);
});

test("a call whose signal is aborted beforehand does not start", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const { calls, run } = controlled();
  const signal = AbortSignal.abort(new Error("too late"));
  await expect(memoizeWithMap(brackets, run, root(2))({ results, signal })).rejects.toThrow("too late");
  expect(calls).toHaveLength(0);
});

test("it resolves when its row is committed, and fails where the commit does", async () => {
  using folder = temporaryFolder();
  const order: string[] = [];
  let full = true;
  await using results = await openResults({
    path: folder.database,
    programId: "prog1",
    aroundCommit: (commit) => {
      if (full) throw new Error("no room");
      commit();
      order.push("committed");
    },
  });
  const call = memoizeWithMap(brackets, () => async () => [1, 2], root(2));
  await expect(call({ results })).rejects.toThrow("no room");
  expect(await lookup(brackets, root(2))({ results })).toBeUndefined();
  full = false;
  await call({ results });
  order.push("returned");
  expect(order).toEqual(["committed", "returned"]);
});

test("a result that comes after its claim was given up is refused, not stored", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const first = await results.claim("m", "1");
  if (first.kind !== "mine") throw new Error("the key should be free");
  first.claim.release();
  const second = await results.claim("m", "1");
  expect(second.kind).toBe("mine");
  await expect(first.claim.fulfil("2")).rejects.toMatchObject({ code: "claim-lost" });
  expect(results.lookup("m", "1")).toBeUndefined();
});
