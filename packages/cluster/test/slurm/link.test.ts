/** The link between a program on a login node and the heads of its jobs: quicker than files, and nothing depends on it. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type ProgramDir, untilSome } from "./program-cluster.ts";

const XS = [1, 2, 3, 4, 5, 6];
const squaresOf = (xs: readonly number[]): ReadonlyMap<number, number> => new Map(xs.map((x) => [x, x * x]));

describeOnTestbed(describe)("the link to a head", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(3)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** How many calls were done when the program's database first had one of them. */
  async function doneAtFirstRow(dir: ProgramDir): Promise<number> {
    return await untilSome("row in the program's database", async () => {
      const done = dir.noted("done").length;
      return done > 0 && (await dir.squares()).size > 0 ? done : undefined;
    });
  }

  test.concurrent.each([
    ["connect", "n1"],
    ["call-back", "n2"],
  ] as const)("by %s brings each result before the next ones are there", async (attach, node) => {
    const dir = await cluster.dir(attach);
    const running = dir.start({ jobs: [XS], ms: 700, sbatch: { nodelist: [node] }, options: { attach } });
    expect(await doneAtFirstRow(dir)).toBeLessThan(4);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual({ kind: "done", jobs: [XS.map((x) => x * x)], singles: [] });
    expect(await dir.squares()).toEqual(squaresOf(XS));
  });
});
