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

/** A signal that comes while scontrol is `script`, and the environment tells this end, in seconds from now. */
interface SignalCase {
  readonly title: string;
  readonly signal: "SIGTERM" | "SIGUSR1";
  readonly script: string;
  readonly endSeconds?: number;
}

const graceOf = async (...asked: Parameters<typeof askedFor>): Promise<number> => (await askedFor(...asked)).ms;

/** Within what a busy machine takes. */
const near = (seconds: number) =>
  expect.toSatisfy((ms: number) => ms <= seconds * 1_000 && ms > seconds * 1_000 - 15_000, `about ${seconds} s`);

describe("running calls may go on", () => {
  test.each<SignalCase & { readonly graceSeconds: number }>([
    {
      title: "until 10 s before the end that the controller tells",
      signal: "SIGUSR1",
      script: shown("RUNNING", inSeconds(100)),
      graceSeconds: 90,
    },
    {
      title: "until 10 s before its end, not the environment's: the time limit was raised",
      signal: "SIGUSR1",
      script: shown("RUNNING", inSeconds(1_000)),
      endSeconds: 100,
      graceSeconds: 990,
    },
    {
      title: "until 10 s before its end, not the environment's: the time limit was lowered",
      signal: "SIGUSR1",
      script: shown("RUNNING", inSeconds(100)),
      endSeconds: 1_000,
      graceSeconds: 90,
    },
    {
      title: "until 10 s before the end that was known, where the controller does not answer",
      signal: "SIGUSR1",
      script: "exit 1",
      endSeconds: 100,
      graceSeconds: 90,
    },
    {
      title: "until 10 s before the end of this job on our node",
      signal: "SIGUSR1",
      script: shownOn("n1"),
      endSeconds: 1_000,
      graceSeconds: 90,
    },
    {
      title: "until 10 s before the end that was known, where the controller tells of another cluster's job",
      signal: "SIGUSR1",
      script: shownOn("x1"),
      endSeconds: 1_000,
      graceSeconds: 990,
    },
    {
      title: "for the grace of the end, where the job has no limit",
      signal: "SIGUSR1",
      script: shown("RUNNING", "Unknown"),
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end, where nobody knows its end",
      signal: "SIGUSR1",
      script: "exit 1",
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end, where the end is nearer",
      signal: "SIGUSR1",
      script: shown("RUNNING", inSeconds(5)),
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end, where the job is being ended",
      signal: "SIGUSR1",
      script: shown("COMPLETING", inSeconds(1_000)),
      endSeconds: 1_000,
      graceSeconds: 20,
    },
    {
      title: "until 10 s before the end: SIGTERM while the job runs is a warning",
      signal: "SIGTERM",
      script: shown("RUNNING", inSeconds(600)),
      graceSeconds: 590,
    },
    {
      title: "until 10 s before the end: SIGTERM while Slurm is signalling",
      signal: "SIGTERM",
      script: shown("SIGNALING", inSeconds(600)),
      graceSeconds: 590,
    },
    {
      title: "for the grace of the end: SIGTERM of scancel",
      signal: "SIGTERM",
      script: shown("COMPLETING", inSeconds(0)),
      endSeconds: 1_000,
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end: SIGTERM at the limit",
      signal: "SIGTERM",
      script: shown("RUNNING", inSeconds(-1)),
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end: SIGTERM of a state that nobody knows yet",
      signal: "SIGTERM",
      script: shown("DISSOLVING", inSeconds(600)),
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end: SIGTERM where the controller does not answer",
      signal: "SIGTERM",
      script: "exit 1",
      endSeconds: 1_000,
      graceSeconds: 20,
    },
    {
      title: "for the grace of the end: SIGTERM where Slurm has forgotten the job",
      signal: "SIGTERM",
      script: "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1",
      endSeconds: 1_000,
      graceSeconds: 20,
    },
  ])("$title ($signal)", async ({ signal, script, endSeconds, graceSeconds }) => {
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
  test.each<SignalCase & { readonly timeIsUp: boolean }>([
    {
      timeIsUp: true,
      title: "at the signal that was asked for before the end",
      signal: "SIGUSR1",
      script: shown("RUNNING", inSeconds(100)),
    },
    {
      timeIsUp: true,
      title: "at SIGTERM while the job goes on: a warning",
      signal: "SIGTERM",
      script: shown("RUNNING", inSeconds(100)),
    },
    { timeIsUp: true, title: "at SIGTERM of the time limit", signal: "SIGTERM", script: atLimit },
    {
      timeIsUp: false,
      title: "at SIGTERM of scancel",
      signal: "SIGTERM",
      script: shown("COMPLETING", inSeconds(0)),
      endSeconds: 1_000,
    },
    {
      timeIsUp: true,
      title: "at SIGTERM behind the end that was known, where the controller does not answer",
      signal: "SIGTERM",
      script: "exit 1",
      endSeconds: -1,
    },
    {
      timeIsUp: false,
      title: "at SIGTERM before that, where it does not answer",
      signal: "SIGTERM",
      script: "exit 1",
      endSeconds: 1_000,
    },
    { timeIsUp: false, title: "at SIGTERM where nobody knows", signal: "SIGTERM", script: "exit 1" },
  ])("$timeIsUp: $title ($signal)", async ({ timeIsUp, signal, script, endSeconds }) => {
    using _fake = fakeScontrol(script);
    expect(
      await askedFor(signal, endSeconds === undefined ? undefined : Date.now() + endSeconds * 1_000),
    ).toMatchObject({ timeIsUp });
  });
});
