import { type Allocation, parseAllocation } from "@hyperion-ts/slurm-env";
import { afterEach, describe, expect, test, vi } from "vitest";
import { remainingMs } from "../../src/index.ts";
import type { Grace } from "../../src/run/interruption.ts";
import { SlurmEnd, slurmSignals } from "../../src/run/slurm-end.ts";
import { fakeScontrol } from "./fake-scontrol.ts";

const never = new AbortController().signal;

afterEach(() => void vi.unstubAllEnvs());

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19);
const shown = (state: string, end: string): string =>
  `cat <<'E'\nJobId=7 JobName=x\n   JobState=${state} Reason=None\n   StartTime=2026-01-01T00:00:00 EndTime=${end} Deadline=N/A\nE`;
/** A job under our job's id, on this node. */
const shownOn = (node: string): string =>
  shown("RUNNING", inSeconds(100)).replace("Deadline=N/A", `Deadline=N/A\n     Nodes=${node} CPU_IDs=0 Mem=0 GRES=`);
const allocation = (endTimeMs?: number): Allocation => ({
  ...parseAllocation({ SLURM_JOB_ID: "7", SLURM_JOB_NODELIST: "n1", SLURM_JOB_CPUS_PER_NODE: "1" }),
  endTimeMs,
});

async function askedFor(name: "SIGTERM" | "SIGUSR1", endTimeMs?: number, endGraceMs = 20_000): Promise<Grace> {
  const grace = await slurmSignals(new SlurmEnd(allocation(endTimeMs)), endGraceMs)[name]?.(never);
  if (grace === undefined || grace === "none") throw new Error("It gives no grace");
  return grace;
}

const graceOf = async (...asked: Parameters<typeof askedFor>): Promise<number> => (await askedFor(...asked)).ms;

/** Within what a busy machine takes. */
const near = (seconds: number) =>
  expect.toSatisfy((ms: number) => ms <= seconds * 1_000 && ms > seconds * 1_000 - 15_000, `about ${seconds} s`);

describe("running calls may go on", () => {
  test.each([
    ["until 10 s before the end that the controller tells", "SIGUSR1", shown("RUNNING", inSeconds(100)), undefined, 90],
    [
      "until 10 s before its end, not the environment's: the time limit was raised",
      "SIGUSR1",
      shown("RUNNING", inSeconds(1_000)),
      100,
      990,
    ],
    [
      "until 10 s before its end, not the environment's: the time limit was lowered",
      "SIGUSR1",
      shown("RUNNING", inSeconds(100)),
      1_000,
      90,
    ],
    ["until 10 s before the end that was known, where the controller does not answer", "SIGUSR1", "exit 1", 100, 90],
    ["until 10 s before the end of this job on our node", "SIGUSR1", shownOn("n1"), 1_000, 90],
    [
      "until 10 s before the end that was known, where the controller tells of another cluster's job",
      "SIGUSR1",
      shownOn("x1"),
      1_000,
      990,
    ],
    ["for the grace of the end, where the job has no limit", "SIGUSR1", shown("RUNNING", "Unknown"), undefined, 20],
    ["for the grace of the end, where nobody knows its end", "SIGUSR1", "exit 1", undefined, 20],
    ["for the grace of the end, where the end is nearer", "SIGUSR1", shown("RUNNING", inSeconds(5)), undefined, 20],
    [
      "for the grace of the end, where the job is being ended",
      "SIGUSR1",
      shown("COMPLETING", inSeconds(1_000)),
      1_000,
      20,
    ],
    [
      "until 10 s before the end: SIGTERM while the job runs is a warning",
      "SIGTERM",
      shown("RUNNING", inSeconds(600)),
      undefined,
      590,
    ],
    [
      "until 10 s before the end: SIGTERM while Slurm is signalling",
      "SIGTERM",
      shown("SIGNALING", inSeconds(600)),
      undefined,
      590,
    ],
    ["for the grace of the end: SIGTERM of scancel", "SIGTERM", shown("COMPLETING", inSeconds(0)), 1_000, 20],
    ["for the grace of the end: SIGTERM at the limit", "SIGTERM", shown("RUNNING", inSeconds(-1)), undefined, 20],
    [
      "for the grace of the end: SIGTERM of a state that nobody knows yet",
      "SIGTERM",
      shown("DISSOLVING", inSeconds(600)),
      undefined,
      20,
    ],
    ["for the grace of the end: SIGTERM where the controller does not answer", "SIGTERM", "exit 1", 1_000, 20],
    [
      "for the grace of the end: SIGTERM where Slurm has forgotten the job",
      "SIGTERM",
      "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1",
      1_000,
      20,
    ],
  ] as const)("%s (%s)", async (_title, signal, script, endSeconds, graceSeconds) => {
    using _fake = fakeScontrol(script);
    expect(await graceOf(signal, endSeconds === undefined ? undefined : Date.now() + endSeconds * 1_000)).toEqual(
      near(graceSeconds),
    );
  });

  test.each([
    ["ahead of", 600],
    ["behind", -600],
  ])(
    "until 10 s before the end on the controller's clock, which is %s ours by 10 minutes",
    async (_where, aheadSeconds) => {
      const config = `Configuration data as of ${inSeconds(aheadSeconds)}\nClusterName = c`;
      using _fake = fakeScontrol(
        `if [ "$2" = config ]; then echo '${config}'; else ${shown("RUNNING", inSeconds(aheadSeconds + 1_000))}\nfi`,
      );
      expect(await graceOf("SIGUSR1", undefined)).toEqual(near(990));
      const end = new SlurmEnd(allocation(Date.now() + (aheadSeconds + 1_000) * 1_000));
      await end.compareClocks();
      expect(remainingMs({ endTimeMs: end.timeMs ?? null })).toEqual(near(1_001));
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
      expect(remainingMs({ endTimeMs: end.timeMs ?? null })).toEqual(near(1_001));
      vi.useRealTimers();
    },
  );

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
    expect(await grace).toMatchObject({ ms: near(20) });
  });

  test("not at all after Ctrl-C", () => {
    const { SIGINT, SIGHUP } = slurmSignals(new SlurmEnd(allocation()));
    expect([SIGINT?.(never), SIGHUP?.(never)]).toEqual(["none", "none"]);
  });
});

describe("the time of a job is up", () => {
  const atLimit = shown("COMPLETING", inSeconds(0)).replace("Reason=None", "Reason=TimeLimit");
  test.each([
    [true, "at the signal that was asked for before the end", "SIGUSR1", shown("RUNNING", inSeconds(100)), undefined],
    [true, "at SIGTERM while the job goes on: a warning", "SIGTERM", shown("RUNNING", inSeconds(100)), undefined],
    [true, "at SIGTERM of the time limit", "SIGTERM", atLimit, undefined],
    [false, "at SIGTERM of scancel", "SIGTERM", shown("COMPLETING", inSeconds(0)), 1_000],
    [true, "at SIGTERM behind the end that was known, where the controller does not answer", "SIGTERM", "exit 1", -1],
    [false, "at SIGTERM before that, where it does not answer", "SIGTERM", "exit 1", 1_000],
    [false, "at SIGTERM where nobody knows", "SIGTERM", "exit 1", undefined],
  ] as const)("%s: %s (%s)", async (timeIsUp, _title, signal, script, endSeconds) => {
    using _fake = fakeScontrol(script);
    expect(
      await askedFor(signal, endSeconds === undefined ? undefined : Date.now() + endSeconds * 1_000),
    ).toMatchObject({ timeIsUp });
  });
});
