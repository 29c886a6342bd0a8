import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandHostlist, foldHostlist } from "../../src/index.ts";
import { arbitraryHostlist, arbitraryNames } from "../fixtures/arbitrary-hostlist.ts";
import { describeOnTestbed, testbed, type Testbed } from "./testbed.ts";

const COUNT = 1_000;
/** Stands for itself, and in no list. */
const END = "end-of-list";
const seed = Math.floor(Math.random() * 2 ** 31);

/** What Slurm 22.05 reads: a name ends with its last bracket group. */
const slurmReads = ({ expression }: { readonly expression: string }): boolean =>
  expression.split(/,(?![^[]*\])/).every((pattern) => !/\][^[\]]+$/.test(pattern));

/** It clamps the number that a name ends with to 64 bits. */
const slurmKeeps = (names: readonly string[]): boolean =>
  names.every((name) => BigInt(/\d*$/.exec(name)?.[0] ?? "") < 2n ** 64n);

describeOnTestbed(describe)(`${COUNT} random hostlists`, { timeout: 60_000 }, () => {
  let cluster: Testbed;
  beforeAll(async () => {
    console.log(`Random hostlists by fast-check with the seed ${seed}`);
    cluster = await testbed({ nodes: [{ name: "n1", cpus: 1 }] });
  }, 60_000);
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** What `scontrol show hostnames` prints for each; one scontrol is asked for all. */
  const shownBySlurm = async (lists: readonly string[]): Promise<readonly (readonly string[])[]> => {
    const questions = lists.map((list) => `show hostnames ${list}\nshow hostnames ${END}\n`).join("");
    const { stdout } = await cluster.run("login", ["scontrol"], { user: "alice", input: questions });
    const answers = stdout
      .split("\n")
      .filter((line) => !line.startsWith("scontrol:"))
      .join("\n");
    return answers
      .split(`${END}\n`)
      .slice(0, -1)
      .map((names) => names.trimEnd().split("\n"));
  };

  it("stand for the names that scontrol shows", async () => {
    const hostlists = fc.sample(arbitraryHostlist.filter(slurmReads), { numRuns: COUNT, seed });
    const shown = await shownBySlurm(hostlists.map(({ expression }) => expression));
    const expanded = hostlists.map(({ expression }) => ({ expression, names: expandHostlist(expression) }));
    expect(expanded).toEqual(hostlists.map(({ expression }, i) => ({ expression, names: shown[i] })));
  });

  it("are folded to lists in which scontrol finds the same names", async () => {
    const names = fc.sample(arbitraryNames.filter(slurmKeeps), { numRuns: COUNT, seed });
    const shown = await shownBySlurm(names.map((names) => foldHostlist(names)));
    expect(shown).toEqual(names);
  });
});
