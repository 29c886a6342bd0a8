import type { SlurmAnswer } from "@hyperion-ts/slurm-env/commands";
import { describe, expect, test } from "vitest";
import { readSbatchAnswer } from "../../src/sbatch/sbatch-answer.ts";
import { REFUSALS } from "../../src/sbatch/refusals.ts";

const answered = (code: number, stdout: string, stderr = ""): SlurmAnswer => ({ code, stdout, stderr });
const failed = (message: string, ...before: string[]): SlurmAnswer =>
  answered(
    1,
    "",
    [...before, `Batch job submission failed: ${message}`].map((line) => `sbatch: error: ${line}\n`).join(""),
  );

describe("a job was submitted", () => {
  test.each([
    ["4711\n", undefined],
    ["4711;alpha\n", "alpha"],
    ["Welcome to Alpha!\n\n  4711;alpha\n", "alpha"],
    ["Submitted batch job 4711\n", undefined],
    ["Submitted batch job 4711 on cluster alpha-2\n", "alpha-2"],
    ["Budget: 12 h left of 2026\n4711\nThank you.\n", undefined],
  ])("%j", (stdout, cluster) => {
    expect(readSbatchAnswer(answered(0, stdout))).toMatchObject({ kind: "submitted", jobId: 4711, cluster });
  });

  test("and what else was printed is told", () => {
    const { said } = {
      said: "",
      ...readSbatchAnswer(answered(0, "Welcome!\n4711\n", "sbatch: 12 h are left of your budget\n")),
    };
    expect(said).toBe("Welcome!\nsbatch: 12 h are left of your budget");
  });

  test("also when sbatch had to try more than once", () => {
    const waited = "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n";
    expect(readSbatchAnswer(answered(0, "4711\n", waited))).toMatchObject({ kind: "submitted", jobId: 4711 });
  });
});

describe("the job may have been submitted", () => {
  test.each([
    ["no number", answered(0, "")],
    ["no number but a text with one", answered(0, "12 jobs are in the queue\n")],
    ["a number that is none", answered(0, "0\n")],
    ["a number, and a failure of a site's program behind it", answered(1, "4711\n", "wrapper: no mail\n")],
    ["time was up", { code: null, failure: { kind: "timed-out", timeLimitMs: 1_000 }, stdout: "", stderr: "" }],
    ["it was killed", { code: null, failure: { kind: "killed", signal: "SIGTERM" }, stdout: "", stderr: "" }],
    ["nobody waited", { code: null, failure: { kind: "aborted" }, stdout: "", stderr: "" }],
    ["Slurm's words", failed("Socket timed out on send/recv operation")],
    ["Slurm's words", failed("Unable to contact slurm controller (connect failure)")],
    ["Slurm's words", failed("Unable to contact slurm controller (receive failure)")],
    ["Slurm's words", failed("Zero Bytes were transmitted or received")],
    ["Slurm's words", failed("Connection timed out")],
    [
      "it was tried before",
      failed(
        "Socket timed out on send/recv operation",
        "Slurm temporarily unable to accept job, sleeping and retrying",
      ),
    ],
  ] satisfies (readonly [string, SlurmAnswer])[])("%s", (_, answer) => {
    expect(readSbatchAnswer(answer)).toMatchObject({ kind: "unsure", meaning: expect.stringMatching(/./) });
  });
});

describe("it ends by itself", () => {
  test.each([
    "Slurm temporarily unable to accept job, sleeping and retrying",
    "Resource temporarily unavailable",
    "MaxJobCount limit reached",
    "Unable to create job record, try again",
    "Requested nodes are busy",
    "Slurm backup controller in standby mode",
    "Controller is in standby mode, try a different controller",
    "Rate limit exceeded, please retry momentarily",
    "I/O error writing script/environment to file",
    "System submissions disabled",
    "Requested partition configuration not available now",
    "Required node not available (down, drained or reserved)",
    "Required partition not available (inactive or drain)",
    "Protocol authentication error",
    "Invalid authentication credential",
    "Licenses currently unavailable",
  ])("%s", (words) => {
    expect(readSbatchAnswer(failed(words))).toMatchObject({ kind: "again" });
  });

  test("a limit of this machine on processes", () => {
    const failure = { kind: "not-run", message: "spawn sbatch EAGAIN" } as const;
    expect(readSbatchAnswer({ code: null, failure, stdout: "", stderr: "" })).toMatchObject({ kind: "again" });
  });
});

describe("it ends with a job of one's own", () => {
  const policy = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";

  test.each([
    "AssocMaxSubmitJobLimit",
    "AssocGrpSubmitJobsLimit",
    "QOSMaxSubmitJobPerUserLimit",
    "QOSMaxSubmitJobPerAccountLimit",
    "QOSGrpSubmitJobsLimit",
    "MaxSubmitJobsPerAccount",
  ])("%s", (limit) => {
    expect(readSbatchAnswer(failed(policy, limit))).toMatchObject({ kind: "own-limit", limit });
  });

  test.each(["QOSMaxWallDurationPerJobLimit", "QOSMaxCpuPerJobLimit", "QOSMaxNodePerJobLimit", "AssocGrpCpuLimit"])(
    "but a limit of one job's size does not: %s",
    (limit) => {
      expect(readSbatchAnswer(failed(policy, limit))).toMatchObject({
        kind: "final",
        limit,
        meaning: expect.stringContaining(limit),
      });
    },
  );

  test("nor does one that is not named", () => {
    expect(readSbatchAnswer(failed(policy))).toMatchObject({ kind: "final", limit: undefined });
  });
});

describe("a person has to change something", () => {
  test.each([
    "Invalid account or account/partition combination specified",
    "Invalid partition name specified",
    "Invalid qos specification",
    "Invalid wckey specification",
    "Invalid feature specification",
    "Invalid generic resource (gres) specification",
    "Invalid Trackable RESource (TRES) specification",
    "Requested reservation is invalid",
    "Invalid node name specified",
    "Invalid license specification",
    "Job dependency problem",
    "Invalid job array specification",
    "Requested time limit is invalid (missing or exceeds some limit)",
    "Requested node configuration is not available",
    "Memory specification can not be satisfied",
    "More processors requested than permitted",
    "Node count specification invalid",
    "User's group not permitted to use this partition",
    "Access/permission denied",
    "Pathname of a file, directory or other parameter too long",
    "Time limit specification required, but not provided",
    "Job cannot be submitted without the current working directory specified.",
    "Incompatible versions of client and server code",
    "Requested account has breached requested QOS usage threshold",
  ])("%s", (words) => {
    expect(readSbatchAnswer(failed(words))).toMatchObject({ kind: "final", words });
  });

  test.each([
    ["a site's own rules", failed("Unspecified error", "Ask for less than 10 nodes, or for a project")],
    [
      "a wrong option",
      answered(255, "", "sbatch: unrecognized option '--wkey=1'\nTry \"sbatch --help\" for more information\n"),
    ],
    ["a wrong value", answered(255, "", "sbatch: error: Invalid --mem specification\n")],
    ["a wrong script", answered(1, "", "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n")],
    ["no sbatch", { code: null, failure: { kind: "not-run", message: "spawn sbatch ENOENT" }, stdout: "", stderr: "" }],
  ] satisfies (readonly [string, SlurmAnswer])[])("%s", (_, answer) => {
    expect(readSbatchAnswer(answer)).toMatchObject({ kind: "final" });
  });
});

test("what is not known is not guessed at", () => {
  expect(readSbatchAnswer(failed("Flux capacitor is empty", "See the site's pages"))).toMatchObject({
    kind: "unknown",
    words: "See the site's pages; Flux capacitor is empty",
  });
  expect(readSbatchAnswer(failed("Unspecified error"))).toMatchObject({ kind: "unknown" });
  const cluster =
    "sbatch: error: Problem talking to database\nsbatch: error: 'x' can't be reached now, or it is an invalid entry\n";
  expect(readSbatchAnswer(answered(1, "", cluster))).toMatchObject({ kind: "unknown" });
  expect(readSbatchAnswer(answered(1, ""))).toMatchObject({ kind: "unknown", words: "sbatch said nothing" });
});

test("each known message has a meaning for a person", () => {
  for (const { meaning } of REFUSALS) expect(meaning).toMatch(/^\S.{8,}[^.]$/);
});
