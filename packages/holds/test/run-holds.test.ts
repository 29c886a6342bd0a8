/** Calls of a run that wait for a person. */
import { expect, test } from "vitest";
import { type Hold, HoldFiles, HoldNotice, RunHolds } from "../src/index.ts";
import { failureOf, TestFolder } from "./world.ts";

test("a call waits until a person decides, by the run or in its file, with all changes so far", async () => {
  using folder = new TestFolder();
  const told: string[] = [];
  const run = new RunHolds(new HoldFiles(folder.path), { onHold: ({ key }) => told.push(key) });
  const { signal } = new AbortController();
  const hold = run.add(failureOf("a"));
  const first = run.wait(hold, signal);
  run.decide(hold.id, { kind: "retry" }, { mem: "16G" });
  expect(await first).toEqual({ kind: "retry", changes: { mem: "16G" } });
  expect(() => run.decide(hold.id, { kind: "cancel" })).toThrow(/is being made again/);
  const again = run.wait(run.add(failureOf("a")), signal);
  // As another process does.
  new HoldFiles(folder.path).decide(hold.id, { kind: "retry" }, { time: "2:00:00" });
  expect(await again).toEqual({ kind: "retry", changes: { mem: "16G", time: "2:00:00" } });
  const last = run.wait(run.add(failureOf("a")), signal);
  run.decide(hold.id, { kind: "cancel" });
  expect(await last).toEqual({ kind: "cancel" });
  expect(told).toEqual(["a", "a", "a"]);
});

test("an abort ends the wait and leaves the file; changes that a call can't have are refused, and it waits on", async () => {
  using folder = new TestFolder();
  const check = (): never => {
    throw new RangeError("no node has that");
  };
  const run = new RunHolds(new HoldFiles(folder.path), { check });
  const stop = new AbortController();
  const hold = run.add(failureOf("a"));
  const waiting = run.wait(hold, stop.signal);
  expect(() => run.decide(hold.id, { kind: "retry" }, { mem: "9999T" })).toThrow("no node has that");
  stop.abort(new Error("ended"));
  await expect(waiting).rejects.toThrow("ended");
  expect(run.find("a")).toMatchObject({ verdict: null });
  await expect(run.wait(hold, stop.signal)).rejects.toThrow("ended");
});

test("a command that does not work is told of once, also where there is none", async () => {
  using folder = new TestFolder();
  const hold: Hold = new HoldFiles(folder.path).add(failureOf("a"));
  for (const argv of [["/no/such/program"], ["sh", "-c", "exit 3"]]) {
    const failed = Promise.withResolvers<string>();
    let times = 0;
    const notice = new HoldNotice(argv, (sentence) => {
      times += 1;
      failed.resolve(sentence);
    });
    notice.tell(hold);
    notice.tell(hold);
    expect(await failed.promise).toMatch(/^The command of onHold \(.*\) does not work: .*(?:ENOENT|exit code 3)/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(times).toBe(1);
  }
});
