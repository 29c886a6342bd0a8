import { chmodSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Allocation, parseAllocation } from "@hyperion-ts/slurm-env";
import { afterEach, describe, expect, test, vi } from "vitest";
import { scontrol, settingIn } from "../../src/run/scontrol.ts";
import { SlurmEnd, slurmSignals } from "../../src/run/slurm-end.ts";

const never = new AbortController().signal;

afterEach(() => void vi.unstubAllEnvs());

/** A folder with a scontrol of this text, which is found first until the folder is disposed of. */
function fakeScontrol(script: string): Disposable {
  const folder = mkdtempDisposableSync(join(tmpdir(), "scontrol-"));
  const file = join(folder.path, "scontrol");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", `${folder.path}${delimiter}${process.env["PATH"]}`);
  return folder;
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19);
const shown = (state: string, end: string): string => `cat <<'E'\nJobId=7 JobName=x\n   JobState=${state} Reason=None\n   StartTime=2026-01-01T00:00:00 EndTime=${end} Deadline=N/A\nE`;
const allocation = (endTimeMs?: number): Allocation => ({ ...parseAllocation({ SLURM_JOB_ID: "7", SLURM_JOB_NODELIST: "n1", SLURM_JOB_CPUS_PER_NODE: "1" }), endTimeMs });

const graceOf = async (name: "SIGTERM" | "SIGUSR1", endTimeMs?: number, endGraceMs = 20_000): Promise<number> => (await slurmSignals(new SlurmEnd(allocation(endTimeMs)), endGraceMs)[name]?.(never)) ?? Number.NaN;

/** Within what a busy machine takes. */
const near = (seconds: number) => expect.toSatisfy((ms: number) => ms <= seconds * 1_000 && ms > seconds * 1_000 - 15_000, `about ${seconds} s`);

describe("running calls may go on", () => {
  test.each([
    ["until 10 s before the end that the controller tells", "SIGUSR1", shown("RUNNING", inSeconds(100)), undefined, 90],
    ["until 10 s before its end, not the environment's: the time limit was raised", "SIGUSR1", shown("RUNNING", inSeconds(1_000)), 100, 990],
    ["until 10 s before its end, not the environment's: the time limit was lowered", "SIGUSR1", shown("RUNNING", inSeconds(100)), 1_000, 90],
    ["until 10 s before the end that was known, where the controller does not answer", "SIGUSR1", "exit 1", 100, 90],
    ["for the grace of the end, where the job has no limit", "SIGUSR1", shown("RUNNING", "Unknown"), undefined, 20],
    ["for the grace of the end, where nobody knows its end", "SIGUSR1", "exit 1", undefined, 20],
    ["for the grace of the end, where the end is nearer", "SIGUSR1", shown("RUNNING", inSeconds(5)), undefined, 20],
    ["for the grace of the end, where the job is being ended", "SIGUSR1", shown("COMPLETING", inSeconds(1_000)), 1_000, 20],
    ["until 10 s before the end: SIGTERM while the job runs is a warning", "SIGTERM", shown("RUNNING", inSeconds(600)), undefined, 590],
    ["until 10 s before the end: SIGTERM while Slurm is signalling", "SIGTERM", shown("SIGNALING", inSeconds(600)), undefined, 590],
    ["for the grace of the end: SIGTERM of scancel", "SIGTERM", shown("COMPLETING", inSeconds(0)), 1_000, 20],
    ["for the grace of the end: SIGTERM at the limit", "SIGTERM", shown("RUNNING", inSeconds(-1)), undefined, 20],
    ["for the grace of the end: SIGTERM of a state that nobody knows yet", "SIGTERM", shown("DISSOLVING", inSeconds(600)), undefined, 20],
    ["for the grace of the end: SIGTERM where the controller does not answer", "SIGTERM", "exit 1", 1_000, 20],
    ["for the grace of the end: SIGTERM where Slurm has forgotten the job", "SIGTERM", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1", 1_000, 20],
  ] as const)("%s (%s)", async (_title, signal, script, endSeconds, graceSeconds) => {
    using _fake = fakeScontrol(script);
    expect(await graceOf(signal, endSeconds === undefined ? undefined : Date.now() + endSeconds * 1_000)).toEqual(near(graceSeconds));
  });

  test("whatever the controller does: one that hangs is not waited for longer than 5 s, and that time counts", async () => {
    using _fake = fakeScontrol("trap '' TERM; exec sleep 1000");
    const graceMs = await graceOf("SIGTERM", Date.now() + 600_000);
    expect(graceMs).toBeLessThanOrEqual(15_000);
    expect(await graceOf("SIGTERM", undefined, 1_000)).toBe(0);
  });

  test("as long as nobody is there to hear it: the question ends with the run", async () => {
    using _fake = fakeScontrol("exec sleep 1000");
    const ended = new AbortController();
    const grace = slurmSignals(new SlurmEnd(allocation())).SIGTERM?.(ended.signal);
    ended.abort();
    expect(await grace).toEqual(near(20));
  });

  test("not at all after Ctrl-C", () => {
    const { SIGINT, SIGHUP } = slurmSignals(new SlurmEnd(allocation()));
    expect([SIGINT?.(never), SIGHUP?.(never)]).toEqual([0, 0]);
  });
});

describe("scontrol is asked in a way that its answer does not depend on who asks", () => {
  test("its environment is this process's, but for what changes times, clusters and texts", async () => {
    using _fake = fakeScontrol("env");
    const changed = { TZ: "EST5EDT,M3.2.0,M11.1.0", SLURM_TIME_FORMAT: "relative", SLURM_CLUSTERS: "other", SLURM_BITSTR_LEN: "9", SCONTROL_ALL: "1", LC_ALL: "de_DE.UTF-8", SLURM_CONF: "/etc/slurm/slurm.conf" };
    for (const [name, value] of Object.entries(changed)) vi.stubEnv(name, value);
    const lines = (await scontrol(["show", "job"])).split("\n");
    expect(lines.filter((line) => /^(?:TZ|SLURM_|SCONTROL_|LC_ALL)/.test(line)).toSorted()).toEqual(["LC_ALL=C", "SLURM_CONF=/etc/slurm/slurm.conf", "TZ=UTC"]);
  });

  test("what it prints may be long: under the id of an array's last task the whole array is shown", async () => {
    using _fake = fakeScontrol("head -c 3000000 /dev/zero | tr '\\0' x");
    expect((await scontrol(["show", "job", "7"])).length).toBe(3_000_000);
  });

  test("a setting is found by its whole name", () => {
    const config = "Configuration data as of 2026-11-28\nBatchClusterName         = no\nClusterName             = gamma\nKillWait                = 30 sec\n";
    expect([settingIn(config, "ClusterName"), settingIn(config, "KillWait"), settingIn(config, "Name")]).toEqual(["gamma", "30 sec", undefined]);
  });
});
