/** What holds for the calls of a run in every shape of a job, worked out from what each call saw. */
import { expect } from "vitest";
import type { Sight } from "./programs/shapes-probe.ts";
import type { ShapeOutcome } from "./programs/shapes-program.ts";

export type Done = Extract<ShapeOutcome, { readonly type: "done" }>;

/** The run's outcome. Fails when it has failed. */
export function done([outcome, ...others]: readonly ShapeOutcome[], printed = ""): Done {
  expect(others).toEqual([]);
  if (outcome?.type === "done") return outcome;
  throw new Error(`The run ended with ${JSON.stringify(outcome)}\n${printed}`);
}

/** What the run had, in all. */
export const cpusOf = ({
  cpusPerNode,
}: Done): { readonly nodes: readonly string[]; readonly cpus: number; readonly isUneven: boolean } => ({
  nodes: cpusPerNode.map(([node]) => node).toSorted(),
  cpus: cpusPerNode.reduce((sum, [, cpus]) => sum + cpus, 0),
  isUneven: new Set(cpusPerNode.map(([, cpus]) => cpus)).size > 1,
});

/** On each node all of the job's CPUs were in use at some time, by different calls, and never more. */
export function expectAllCpusInUse({ cpusPerNode, sights }: Done, allocated: Readonly<Record<string, number>>): void {
  expect(Object.fromEntries(cpusPerNode)).toEqual(allocated);
  expect(mostAtOnce(sights)).toEqual(allocated);
  for (const sight of sights) expect(sight).toMatchObject({ hostname: sight.node, cpuIds: [expect.any(Number)] });
  expect(sharedCpus(sights)).toEqual([]);
  const meeting = sights.slice(0, sights.length / 3);
  expect(meeting.map(({ met }) => met)).toEqual(meeting.map(() => meeting.length));
}

/** The most calls that ran on each node at the same time. */
export function mostAtOnce(sights: readonly Sight[]): Readonly<Record<string, number>> {
  const byNode = Object.entries(Object.groupBy(sights, ({ node }) => node));
  return Object.fromEntries(
    byNode.map(([node, its = []]) => [
      node,
      Math.max(...its.map(({ begin }) => its.filter((other) => other.begin <= begin && begin < other.end).length)),
    ]),
  );
}

/** Pairs of calls that had the same CPU of a node at the same time. */
const sharedCpus = (sights: readonly Sight[]): unknown[] => sharedAtOnce(sights, ({ cpuIds }) => cpuIds);

/** Pairs of calls that had the same one of a node's things at the same time. */
export const sharedAtOnce = (
  sights: readonly Sight[],
  thingsOf: (sight: Sight) => readonly (number | string)[],
): unknown[] =>
  sights.flatMap((a, i) =>
    sights
      .slice(i + 1)
      .filter(
        (b) =>
          a.node === b.node &&
          a.begin < b.end &&
          b.begin < a.end &&
          thingsOf(a).some((thing) => thingsOf(b).includes(thing)),
      )
      .map((b) => [a, b]),
  );

/** Each node was called by its name, and the call ran there. */
export function expectEachNodeByName({ cpusPerNode, onNodes }: Done): void {
  expect(onNodes.map(([wanted, { node, hostname }]) => [wanted, node, hostname])).toEqual(
    cpusPerNode.map(([name]) => [name, name, name]),
  );
}
