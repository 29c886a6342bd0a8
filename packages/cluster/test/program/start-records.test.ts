import { expect, test } from "vitest";
import { brokenNodes, startOf, type StartRecord, withRecord } from "../../src/program/start-records.ts";

/** Records from words such as `n1:exit3` (a failure) and `n1` (a head that has reported), a minute apart. */
const recordsOf = (words: string, start = "a"): readonly StartRecord[] =>
  words
    .split(" ")
    .map((word, i): StartRecord => {
      const [node = "", failure] = word.split(":");
      return { atMs: 60_000 * i, node, start, jobId: i + 1, ...(failure === undefined ? {} : { failure }) };
    })
    .reduce<readonly StartRecord[]>((all, each) => withRecord(all, each, each.atMs), []);

const nodes = (records: readonly StartRecord[], nowMs = 3_600_000): readonly string[] => [
  ...brokenNodes(records, nowMs).keys(),
];

test.each([
  ["n1:exit3", []],
  ["n1:exit3 n1:exit3", ["n1"]],
  ["n1:exit3 n1:exit4", ["n1"]],
  ["n1:exit3 n2 n1:exit3", ["n1"]],
  // The node is well again.
  ["n1:exit3 n1 n1:exit3", []],
  ["n1:exit3 n1:exit3 n1", []],
  // The program's own failure, as other nodes show.
  ["n1:exit3 n1:exit3 n2:exit3", []],
  ["n1:exit3 n2:exit3 n1:exit3 n2:exit3", []],
  ["n1:exit3 n2:exit3 n1:exit3 n2:exit3 n3", []],
  // Two broken nodes among others that begin well meanwhile.
  ["n1:exit3 n9 n2:exit3 n9 n1:exit3 n9 n2:exit3", ["n2", "n1"]],
  // Another failure on another node says nothing of the first.
  ["n1:exit3 n2:exit4 n1:exit3", ["n1"]],
  // Nodes that are lost are no program's fault.
  ["n1:node-failed n2:node-failed n1:node-failed", ["n1"]],
])("after %s the nodes %j are left out", (words, left) => {
  expect(nodes(recordsOf(words))).toEqual(left);
});

test("failures of different starts are not added up, and those of long ago are forgotten", () => {
  expect(nodes([...recordsOf("n1:exit3"), ...recordsOf("n1:exit3", "b")])).toEqual([]);
  const records = recordsOf("n1:exit3 n1:exit3");
  expect(nodes(records, 25 * 3_600_000)).toEqual([]);
  expect(withRecord(records, { atMs: 30 * 3_600_000, node: "n2", start: "a", jobId: 9 }, 30 * 3_600_000).length).toBe(
    1,
  );
});

test("many starts that go well are one record for each node", () => {
  expect(recordsOf("n1 n2 n1 n2 n1 n1").map(({ jobId }) => jobId)).toEqual([4, 6]);
});

test("jobs begin in the same way where name, code, preamble and kind of nodes are the same", () => {
  const start = startOf("roots", "hash", { time: { hours: 1 }, exclude: ["n1"] });
  expect(startOf("roots", "hash", { mem: "all", partition: null })).toBe(start);
  for (const other of [
    startOf("root", "hash", {}),
    startOf("roots", "hash2", {}),
    startOf("roots", "hash", { scriptPreamble: "module load gcc" }),
    startOf("roots", "hash", { partition: "long" }),
  ])
    expect(other).not.toBe(start);
});
