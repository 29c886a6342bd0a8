import { describe, expect, test } from "vitest";
import type { SlurmAnswer } from "@hyperion-ts/slurm-env/commands";
import { endAbandonedJob } from "../../src/run/end-abandoned-job.ts";

const job = ({ state = "RUNNING", flag = 1, nodes = "n[2-3]" }): SlurmAnswer => ({
  code: 0,
  stdout: `JobId=7 JobName=x\n   JobState=${state} Reason=None Dependency=(null)\n   Requeue=0 Restarts=0 BatchFlag=${flag} Reboot=0 ExitCode=0:0\n   NodeList=${nodes}\n   BatchHost=n1\n   StdOut=/home/alice/out.txt\n`,
  stderr: "",
});
const ATTENDED = job({ nodes: "n[1-3]" });
const ABANDONED = job({});
const ENDED = job({ state: "COMPLETING" });
const OWN = job({ flag: 0 });
const UNKNOWN: SlurmAnswer = { code: 1, stdout: "", stderr: "slurm_load_jobs error: Invalid job id specified" };
const AWAY: SlurmAnswer = {
  code: 1,
  stdout: "",
  stderr: "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
};

/** A world in which scontrol answers with these, the last of them for ever. */
async function watched(
  answers: readonly SlurmAnswer[],
  { nodes = 3, config = "SlurmdTimeout           = 300 sec\n", scancel = 0 } = {},
) {
  const asked: string[] = [];
  const told: string[] = [];
  let nowMs = 0;
  let looks = 0;
  await endAbandonedJob("7", nodes, {
    ask: async (argv) => {
      asked.push(argv.join(" "));
      if (argv[0] === "scancel") return { code: scancel, stdout: "", stderr: "" };
      if (argv[2] === "config") return { code: 0, stdout: config, stderr: "" };
      return answers[Math.min(looks++, answers.length - 1)] ?? UNKNOWN;
    },
    tell: (outputFile, line) => void told.push(`${outputFile}: ${line}`),
    pause: async (ms) => void (nowMs += ms),
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  return { cancels: asked.filter((line) => line.startsWith("scancel")), looks, nowMs, told };
}

test("a job that Slurm takes the script's node from is cancelled, and its output says why", async () => {
  expect(await watched([ATTENDED, ATTENDED, ABANDONED, ENDED])).toMatchObject({
    cancels: ["scancel 7"],
    looks: 4,
    told: [expect.stringMatching(/^\/home\/alice\/out.txt: .*the node n1 is lost.*Submit it again.*\n$/)],
  });
});

test("a cancel that did not reach the controller is repeated", async () => {
  expect(await watched([ABANDONED, AWAY, ABANDONED, UNKNOWN], { scancel: 1 })).toMatchObject({
    cancels: ["scancel 7", "scancel 7"],
    told: [expect.stringMatching(/job 7 is cancelled/)],
  });
});

describe("nothing is cancelled and nobody goes on to look", () => {
  test.each([
    ["a job that has ended", ENDED],
    ["a job that is not known any more", UNKNOWN],
    ["a person's own allocation", OWN],
  ])("after %s", async (_, answer) => {
    expect(await watched([answer])).toMatchObject({ cancels: [], looks: 1 });
  });
});

test("a job whose script's node Slurm keeps is left alone after twice SlurmdTimeout", async () => {
  const { cancels, nowMs } = await watched([ATTENDED]);
  expect(cancels).toEqual([]);
  expect(nowMs).toBeGreaterThan(600_000);
  expect(nowMs).toBeLessThan(640_000);
});

test("a controller that is away is waited for, and its silence does not count as that of a node", async () => {
  const { cancels, nowMs } = await watched([
    ATTENDED,
    ...Array.from({ length: 200 }, () => AWAY),
    ATTENDED,
    ABANDONED,
    ENDED,
  ]);
  expect(cancels).toEqual(["scancel 7"]);
  expect(nowMs).toBeGreaterThan(1_000_000);
});

test("a controller that stays away is given up after an hour", async () => {
  const { nowMs } = await watched([AWAY]);
  expect(nowMs).toBeGreaterThanOrEqual(3_600_000);
  expect(nowMs).toBeLessThan(3_620_000);
});

test.each([1, 100, 5_000])("%i nodes together ask at most once in two seconds or so", async (nodes) => {
  const { looks, nowMs } = await watched([AWAY], { nodes });
  expect((looks * nodes) / (nowMs / 1_000)).toBeLessThanOrEqual(0.51);
});
