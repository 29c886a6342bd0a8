/**
 * Records what `scontrol show job --details` prints of jobs in many states, on a real Slurm of each release:
 *
 *     node test/slurm/record-job-records.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testbed, type Testbed } from "./testbed.ts";

/** The name of a job, its comment and its folder may be any text. */
const MISLEADING = "a b UserId=root(0) JobState=COMPLETED";
const TWO_LINES = "a\n   JobState=COMPLETED Reason=None\n   UserId=root(0)\nJobId=1 JobName=b";

const SLEEPER = "#!/bin/sh\nexec sleep 600\n";

async function submitAll(cluster: Testbed): Promise<void> {
  const asAlice = (args: readonly string[], script = SLEEPER, cwd = "/home/alice") =>
    cluster.sbatch(script, { user: "alice", cwd, args });
  await cluster.run("login", ["mkdir", "-p", `/home/alice/x StdOut=y`], { user: "alice" });
  await asAlice(["--job-name=spread", "--nodes=2", "--ntasks=3", "--mem=100", "--time=60"]);
  await asAlice(["--job-name=gpus", "--gres=gpu:2", "--mem=50"]);
  await asAlice(["--job-name=uneven", "--nodes=2", "--ntasks-per-node=1", "--mem=10", "--begin=now+1hour"]);
  await asAlice([`--job-name=${MISLEADING}`, `--comment=${MISLEADING}`, "--mem=10"], SLEEPER, "/home/alice/x StdOut=y");
  await asAlice([`--job-name=${TWO_LINES}`, `--comment=${TWO_LINES}`, "--mem=10"]);
  await asAlice(["--job-name=array", "--array=1-4%1", "--mem=10"]);
  await cluster.run("login", ["sbatch", "--mem=10", ":", "--mem=20", "--ntasks=2"], {
    user: "alice",
    input: SLEEPER,
  });
  await asAlice(["--job-name=held", "--hold", "--mem=10"]);
  const cancelled = await asAlice(["--job-name=cancelled", "--hold", "--mem=10"]);
  await cluster.run("login", ["scancel", String(cancelled)], { user: "alice" });
  const done = await asAlice(["--job-name=done", "--mem=10"], "#!/bin/sh\n");
  const failed = await asAlice(["--job-name=failed", "--mem=10"], "#!/bin/sh\nexit 3\n");
  const killed = await asAlice(["--job-name=killed", "--mem=10"], "#!/bin/sh\nkill -9 $$\n");
  const suspended = await asAlice(["--job-name=suspended", "--mem=10", "--nodelist=n3"]);
  const lost = await asAlice(["--job-name=lost", "--mem=10", "--nodelist=n4", "--no-requeue"]);
  const again = await asAlice(["--job-name=again", "--mem=10", "--nodelist=n3"]);
  for (const id of [done, failed, killed]) await cluster.waitForJob(id);
  for (const id of [suspended, lost, again]) await untilRunning(cluster, id);
  await cluster.run("login", ["scontrol", "suspend", String(suspended)]);
  await cluster.run("login", ["scontrol", "requeue", String(again)]);
  await cluster.run("login", ["scontrol", "update", "NodeName=n4", "State=DOWN", "Reason=test"]);
  await cluster.waitForJob(lost);
}

async function untilRunning(cluster: Testbed, id: number): Promise<void> {
  for (;;) {
    const { stdout } = await cluster.run("login", ["squeue", "--noheader", "--format=%T", `--jobs=${id}`]);
    if (stdout.trim() === "RUNNING") return;
  }
}

for (const release of ["bookworm", "trixie", "sid"] as const) {
  await using cluster = await testbed({
    release,
    nodes: [
      { name: "n1", cpus: 4 },
      { name: "n2", cpus: 4 },
      { name: "n3", cpus: 4 },
      { name: "n4", cpus: 4 },
      { name: "gpu1", cpus: 4, gpus: 2 },
    ],
    slurm: { SelectTypeParameters: "CR_Core_Memory", DefMemPerCPU: "10" },
  });
  await submitAll(cluster);
  const { stdout: version } = await cluster.run("login", ["scontrol", "--version"]);
  const { stdout } = await cluster.run("login", ["scontrol", "show", "job", "--details"], { env: { TZ: "UTC" } });
  const file = `${version.trim().replace(" ", "-")}.txt`;
  writeFileSync(join(import.meta.dirname, "../fixtures/job-records", file), stdout);
  console.log(file);
}
