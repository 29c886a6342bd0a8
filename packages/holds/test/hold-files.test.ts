/** The files of holds. */
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HoldFiles, holdDesk } from "../src/index.ts";
import { failureOf, TestFolder } from "./world.ts";

test("a hold is a file of this user's alone, found by its call, and keeps its id and changes when the call fails again", () => {
  using folder = new TestFolder();
  const files = new HoldFiles(folder.path);
  expect(files.list()).toEqual([]);
  expect(existsSync(join(folder.path, "holds"))).toBe(false);
  const first = files.add(failureOf("a"));
  expect(first).toMatchObject({ tries: 1, verdict: null, command: `hyperion retry ${first.id} --mem 16G` });
  const path = join(folder.path, "holds", `${first.id}.json`);
  expect([statSync(join(path, "..")).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
  files.decide(first.id, { kind: "retry" }, { mem: "16G", exclude: "n3" });
  expect(new HoldFiles(folder.path).find("a")).toMatchObject({ verdict: { kind: "retry" }, changes: { mem: "16G" } });
  const again = files.add(failureOf("a", { remedy: { changes: { mem: "32G" }, words: "" } }));
  expect(again).toMatchObject({ id: first.id, tries: 2, verdict: null, changes: { mem: "16G", exclude: "n3" } });
  expect(files.decide(first.id, { kind: "retry" }, { mem: "32G", exclude: "n[4-5]" }).changes).toEqual({
    mem: "32G",
    exclude: "n3,n[4-5]",
  });
  files.end("a");
  files.end("a");
  expect(readdirSync(join(folder.path, "holds"))).toEqual([]);
});

test("ids are unique, and no numbers; what is long is cut; what others may have written is not believed", () => {
  using folder = new TestFolder();
  const files = new HoldFiles(folder.path);
  const holds = Array.from({ length: 100 }, (_, i) => files.add(failureOf(`call ${i}`, { why: "x".repeat(100_000) })));
  expect(new Set(holds.map(({ id }) => id)).size).toBe(100);
  for (const { id, why } of holds) expect([id, why.length]).toEqual([expect.stringMatching(/^\d[a-z]+$/i), 4_000]);
  const place = join(folder.path, "holds");
  writeFileSync(join(place, "2zz.json"), "{");
  chmodSync(join(place, `${holds[0]?.id}.json`), 0o622);
  expect(files.list()).toHaveLength(99);
});

test("a person retries one, all, or those that failed alike, and gives up; what can't be is said", () => {
  using folder = new TestFolder();
  const files = new HoldFiles(folder.path);
  const desk = holdDesk(files);
  const [a, b, c] = ["a", "b", "c"].map((key) =>
    files.add(failureOf(key, key === "c" ? { reason: "out-of-time" } : {})),
  );
  expect(desk.retryAll({ mem: "32G" }, a?.id).map(({ key }) => key)).toEqual(expect.arrayContaining(["a", "b"]));
  expect(files.find("b")).toMatchObject({ id: b?.id, verdict: { kind: "retry" }, changes: { mem: "32G" } });
  expect(desk.retryAll({}).map(({ key }) => key)).toEqual(["c"]);
  expect(desk.cancel(c?.id ?? "").verdict).toEqual({ kind: "cancel" });
  expect(() => desk.retry("nobody", {})).toThrow(/There is no hold nobody\. There are: /);
  for (const [name, value] of Object.entries(WRONG))
    expect(() => desk.retry(a?.id ?? "", { [name]: value })).toThrow(`--${name} has to be`);
});

const WRONG = {
  mem: "0G",
  time: "soon",
  exclude: "n1 n2",
  partition: "",
  account: "a;b",
  qos: "a b",
  cpus: "0",
  nodes: "4-",
} as const;
