import { parseJobRecord, parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { describe, expect, test } from "vitest";
import { readSacctAnswer, sacctQuestion } from "../../src/slurm/accounted-job.ts";
import { readOutputHints } from "../../src/slurm/output-hints.ts";
import { type EndEvidence, readJobEnd } from "../../src/slurm/read-job-end.ts";

const jobId = parseSlurmJobId(16);
const AT = "2026-11-28T19:01:49";

function record(state: string, reason: string, exit = "0:0", more: { nodes?: string; restarts?: number } = {}) {
  const { nodes = "n2", restarts = 0 } = more;
  const text = `JobId=16 JobName=x
   UserId=alice(20001) GroupId=alice(20001) MCS_label=N/A
   JobState=${state} Reason=${reason} Dependency=(null)
   Requeue=1 Restarts=${restarts} BatchFlag=1 Reboot=0 ExitCode=${exit}
   NodeList=${nodes}
   StdOut=/home/alice/16.out
`;
  return parseJobRecord(text, jobId) ?? "forgotten";
}

const end = (controller: EndEvidence["controller"], output?: string, rest: Partial<EndEvidence> = {}) =>
  readJobEnd({ jobId, controller, output: output === undefined ? undefined : readOutputHints(output, jobId), ...rest });

/** As slurmstepd of each release writes it. */
const said = (text: string): readonly string[] => [
  `slurmstepd: error: ${text}\n`,
  `hello\nslurmstepd-n2: error: ${text}\n`,
  `[2026-11-28T19:01:58.765] error: ${text}\n`,
];

describe("how a job ended", () => {
  test.each([
    ["COMPLETED", "None", "0:0", { kind: "completed", exitCode: 0 }],
    ["FAILED", "NonZeroExitCode", "3:0", { kind: "failed", exitCode: 3, signal: 0 }],
    ["FAILED", "JobLaunchFailure", "0:9", { kind: "failed", exitCode: 0, signal: 9 }],
    ["FAILED", "RaisedSignal:9(Killed)", "0:9", { kind: "failed", exitCode: 0, signal: 9 }],
    ["FAILED", "JobLaunchFailure", "0:53", { kind: "output-not-openable" }],
    ["FAILED", "RaisedSignal:53(Real-time_signal_19)", "0:53", { kind: "output-not-openable" }],
    ["FAILED", "BadConstraints", "0:1", { kind: "not-placed" }],
    ["TIMEOUT", "TimeLimit", "0:0", { kind: "timed-out" }],
    ["OUT_OF_MEMORY", "OutOfMemory", "0:125", { kind: "out-of-memory" }],
    ["NODE_FAIL", "NodeDown", "0:0", { kind: "node-failed", failedNodes: ["n2"] }],
    ["PREEMPTED", "None", "0:15", { kind: "preempted" }],
    ["DEADLINE", "DeadLine", "0:1", { kind: "deadline" }],
    ["BOOT_FAIL", "None", "0:0", { kind: "boot-failed" }],
    ["REVOKED", "None", "0:0", { kind: "revoked" }],
    ["CANCELLED", "None", "0:15", { kind: "cancelled", while: "running", byUserId: undefined }],
  ])("is told by %s (%s, %s)", (state, reason, exit, expected) => {
    expect(end(record(state, reason, exit))).toMatchObject({ ...expected, hasEnded: true, toldBy: "scontrol", state });
  });

  test("of one that was cancelled in the queue is told by its want of nodes", () => {
    expect(end(record("CANCELLED", "JobHeldUser", "0:0", { nodes: "" }))).toMatchObject({ while: "pending" });
  });

  test.each(["PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED"])("is not told by %s: it goes on", (state) => {
    expect(end(record(state, "None"))).toMatchObject({ kind: "goes-on", hasEnded: false });
    expect(end(record(state, "None", "0:0", { restarts: 1 }))).toMatchObject({ kind: "requeued", hasEnded: false });
  });

  test("is not known by a word that is not known, nor without an answer", () => {
    expect(end(record("DREAMING", "None"))).toMatchObject({ kind: "unknown", hasEnded: false });
    expect(end("no-answer")).toMatchObject({ kind: "unknown", hasEnded: false, toldBy: "nobody" });
    expect(end("no-answer", said(`*** JOB 16 ON n2 CANCELLED AT ${AT} DUE TO TIME LIMIT ***`)[0])).toMatchObject({
      hasEnded: false,
    });
  });

  test.each([
    ["DUE TO TIME LIMIT", "timed-out"],
    ["DUE TO PREEMPTION", "preempted"],
    ["DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS", "node-failed"],
  ])("of one that Slurm calls cancelled, or has forgotten, is told by its output: %s", (why, kind) => {
    for (const line of said(`*** JOB 16 ON n2 CANCELLED AT ${AT} ${why} ***`)) {
      expect(end(record("CANCELLED", "None", "0:15"), line)).toMatchObject({ kind });
      expect(end("forgotten", line)).toMatchObject({ kind, toldBy: "output", hasEnded: true });
    }
  });

  test.each([
    `*** JOB 160 ON n2 CANCELLED AT ${AT} DUE TO TIME LIMIT ***`,
    `*** JOB 16 ON n2 CANCELLED AT ${AT} ***`,
    `*** JOB 16 ON n2 CANCELLED AT ${AT} DUE to SIGNAL Terminated ***`,
  ])("is not told by another job's line, nor by one without a reason: %s", (line) => {
    for (const output of said(line)) expect(end("forgotten", output)).toMatchObject({ kind: "forgotten" });
  });

  test("is not told by what the job has printed itself", () => {
    const output = `*** JOB 16 ON n2 CANCELLED AT ${AT} DUE TO TIME LIMIT ***\nsays slurmstepd: error: Detected 1 oom_kill event in StepId=16.batch\n`;
    expect(end(record("FAILED", "NonZeroExitCode", "1:0"), output)).toMatchObject({ kind: "failed" });
    expect(end("forgotten", output)).toMatchObject({ kind: "forgotten" });
  });

  test.each([
    "Detected 1 oom_kill event in StepId=16.batch. Some of the step tasks have been OOM Killed.",
    "Detected 3 oom-kill event(s) in StepId=16.0. Some of your processes may have been killed by the cgroup out-of-memory handler.",
    "Detected 1 oom-kill event(s) in step 16.batch cgroup.",
  ])("of one that failed after a process of it was killed for its memory is that: %s", (line) => {
    for (const output of said(line)) {
      expect(end(record("FAILED", "NonZeroExitCode", "1:0"), output)).toMatchObject({ kind: "out-of-memory" });
      expect(end(record("COMPLETED", "None"), output)).toMatchObject({ kind: "completed" });
      expect(end(record("CANCELLED", "None", "0:15"), output)).toMatchObject({ kind: "cancelled" });
    }
  });

  test("names the directory that the node could not enter, and the last lines", () => {
    const [, output = ""] = said("couldn't chdir to `/no/such dir': No such file or directory: going to /tmp instead");
    const told = end(record("COMPLETED", "None"), `${output}one\n\ntwo\r\n${"x".repeat(500)}`);
    expect(told).toMatchObject({ kind: "completed", noDirectory: "/no/such dir" });
    expect(told.lastLines.slice(-3)).toEqual(["one", "two", `${"x".repeat(400)}...`]);
    expect(told.sentence).toBe(
      "Slurm job 16 has run to its end. It ran in /tmp: its node could not enter the working directory /no/such dir.",
    );
  });

  test.each([
    [end(record("FAILED", "x", "127:0")), /exit code 127 on n2\.$/, /preamble/],
    [end(record("FAILED", "x", "137:0")), /exit code 137 \(SIGKILL\) on n2\.$/, /memory/],
    [end(record("FAILED", "x", "0:9")), /was ended by SIGKILL on n2\.$/, /memory/],
    [end(record("FAILED", "x", "3:0")), /exit code 3 on n2\.$/, /\/home\/alice\/16\.out$/],
    [end(record("FAILED", "x", "0:53")), /could not open .*\/home\/alice\/16\.out\.$/, /directory/],
    [
      end(record("TIMEOUT", "x", "0:0", { nodes: "n[1-9]" })),
      /time limit on n1, n2, n3, n4, \.\.\. \(9 nodes\)\.$/,
      /more time/,
    ],
    [end("no-answer"), /gives no answer\.$/, /^$/],
  ])("is a sentence, with what would help: %#", ({ sentence, help = "" }, said, helps) => {
    expect(sentence).toMatch(/^Slurm job 16 /);
    expect(sentence).toMatch(said);
    expect(help).toMatch(helps);
  });
});

describe("the accounting", () => {
  const mark = "<mark>";
  const rows = (...rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.join(mark)}\n`).join("");
  const accounted = (text: string, name = "x|y") => readSacctAnswer(text, { jobId, name, mark });
  const job = (state: string, exit = "0:0"): readonly string[] => ["16", state, exit, "None", "n[1-2]", "x|y"];

  test("is asked for a job and its steps", () => {
    expect(sacctQuestion(jobId, mark)).toContain("--jobs=16");
  });

  test("tells of a job that the controller has forgotten, or does not answer about", () => {
    for (const controller of ["forgotten", "no-answer"] as const)
      expect(end(controller, undefined, { accounted: accounted(rows(job("FAILED", "3:0"))) })).toMatchObject({
        kind: "failed",
        exitCode: 3,
        nodes: ["n1", "n2"],
        toldBy: "sacct",
      });
  });

  test("is too late to tell that one goes on", () => {
    for (const state of ["RUNNING", "PENDING"]) {
      expect(end("forgotten", undefined, { accounted: accounted(rows(job(state))) })).toMatchObject({
        kind: "forgotten",
      });
      expect(end("no-answer", undefined, { accounted: accounted(rows(job(state))) })).toMatchObject({
        kind: "unknown",
      });
    }
  });

  test("tells who cancelled it, and which steps wanted more memory", () => {
    const by = (uid: number) => ({ accounted: accounted(rows(job(`CANCELLED by ${uid}`))) });
    expect(end(record("CANCELLED", "None"), undefined, by(0)).sentence).toMatch(/administrator/);
    expect(end(record("CANCELLED", "None"), undefined, by(20_001))).toMatchObject({
      kind: "cancelled",
      byUserId: 20_001,
    });
    expect(end(record("CANCELLED", "None"), undefined, by(20_001)).sentence).toMatch(/by its own user\.$/);
    const step = ["16.0", "OUT_OF_MEMORY", "0:125", "", "n1", "srun"];
    const oom = { accounted: accounted(rows(job("FAILED", "1:0"), step)) };
    expect(oom.accounted?.stepsOutOfMemory).toEqual(["0"]);
    expect(end(record("FAILED", "NonZeroExitCode", "1:0"), undefined, oom)).toMatchObject({ kind: "out-of-memory" });
  });

  test("has nothing of a job with another name, and nothing in what is no row", () => {
    expect(accounted(rows(job("FAILED")), "z")).toBeUndefined();
    expect(accounted("Slurm accounting storage is disabled\n")).toBeUndefined();
  });
});
