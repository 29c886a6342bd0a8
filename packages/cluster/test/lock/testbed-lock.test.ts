/** Locks between a program on a login node and the heads of its jobs. */
import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type ProgramDir, untilSome } from "../slurm/program-cluster.ts";
import { counted } from "./world.ts";

const PROGRAM = "/srv/checkout/packages/cluster/test/lock/programs/locking-program.ts";

describeOnTestbed(describe)("a program's locks", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  const argvOf = ({ inCluster }: ProgramDir, what: string): readonly string[] => [
    "/opt/node/node",
    PROGRAM,
    inCluster,
    what,
  ];

  /** Runs the program; what its runs and its jobs printed, and what it gave. */
  async function run(dir: ProgramDir, what: string): Promise<unknown> {
    const options = { user: "alice", cwd: dir.inCluster };
    const { exitCode, stderr, stdout } = await cluster.testbed.run("login", argvOf(dir, what), options);
    expect(exitCode, stdout + stderr).toBe(0);
    return JSON.parse(readFileSync(join(dir.path, "outcome.json"), "utf8"));
  }

  const locks = ({ path }: ProgramDir): readonly string[] =>
    readdirSync(join(path, "data", "locks")).filter((name) => name.endsWith(".lock"));

  test.each([
    ["private", 0o755, "^/srv/runs/private/data/Object_"],
    // Others may write to the program's folder: what is believed is in the home.
    ["shared", 0o777, "^/home/alice/.local/state/hyperion-ts/data-\\w+/Object_"],
  ])("hold among it and two jobs: none loses an update, all have one work folder (%s)", async (name, mode, place) => {
    const dir = await cluster.dir(name);
    chmodSync(dir.path, mode);
    const folders = await run(dir, "count");
    expect(counted(join(dir.path, "count"))).toBe(24);
    expect(new Set(Object(folders))).toEqual(new Set([expect.stringMatching(new RegExp(place))]));
    const { stdout } = await cluster.testbed.run("login", ["ls", `${Object(folders)[0]}/../locks`], { user: "alice" });
    expect(stdout).not.toContain(".lock");
    expect(existsSync(join(dir.path, "data", "locks"))).toBe(name === "private");
  });

  test("are free when the head that had them is killed, and when the program is, and is started again", async () => {
    const dir = await cluster.dir("kept");
    const first = cluster.testbed.spawn("login", argvOf(dir, "keep"), { user: "alice", cwd: dir.inCluster });
    await untilSome("job that waits", () => existsSync(join(dir.path, "waits")));
    const [head] = ["n1", "n2"].flatMap((node) => headsOf(node, "keeping"));
    first.kill("SIGKILL");
    process.kill(head ?? 0, "SIGKILL");
    expect(await run(dir, "keep")).toEqual([null, ["kept", "program"]]);
    expect(locks(dir)).toEqual([]);
  });

  /** The heads of the jobs of that name that run on a node. */
  const headsOf = (node: string, job: string): readonly number[] =>
    cluster.testbed
      .processes(node)
      .filter(({ argv }) => argv.some((arg) => arg.includes("/head-main")) && argv.some((arg) => arg.includes(job)))
      .map(({ pid }) => pid);
});
