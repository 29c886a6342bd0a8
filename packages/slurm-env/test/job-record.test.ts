import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import {
  jobPhase,
  type JobRecord,
  parseJobRecord,
  parseJobRecords,
  parseJobRecordsOf,
  parseSlurmJobId,
} from "../src/index.ts";

const recorded = (release: string): string =>
  readFileSync(join(import.meta.dirname, "fixtures/job-records", `slurm-wlm-${release}.txt`), "utf8");
const named = (records: readonly JobRecord[], name: string): JobRecord | undefined =>
  records.find((record) => record.name === name);

describe.each([
  { release: "22.05.8", killed: "JobLaunchFailure", submitted: "15:40:15", began: "15:40:15" },
  { release: "24.11.5", killed: "RaisedSignal:9(Killed)", submitted: "15:40:20", began: "15:40:21" },
  { release: "26.05.5", killed: "RaisedSignal:9(Killed)", submitted: "15:40:24", began: "15:40:24" },
])("what scontrol of Slurm $release printed", ({ release, killed, submitted, began }) => {
  const records = parseJobRecords(recorded(release));

  it("has a record of each job", () => {
    const places = records.filter(({ array, het }) => array === undefined && het === undefined);
    expect(places.map(({ name }) => name).toSorted()).toEqual([
      "a",
      "a b UserId=root(0) JobState=COMPLETED",
      "again",
      "cancelled",
      "done",
      "failed",
      "gpus",
      "held",
      "killed",
      "lost",
      "spread",
      "suspended",
      "uneven",
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  });

  it("tells all of a job that runs", () => {
    const spread = named(records, "spread");
    const beganMs = Date.parse(`2026-11-28T${began}Z`);
    expect(spread).toEqual({
      id: 1,
      name: "spread",
      user: "alice",
      userId: 20001,
      partition: "main",
      state: "RUNNING",
      reason: "None",
      nodes: ["gpu1", "n1"],
      cpus: 3,
      nodeDetails: [
        { name: "gpu1", cpuPlaces: [0, 1], gpuIds: [], memoryMb: 100 },
        { name: "n1", cpuPlaces: [0], gpuIds: [], memoryMb: 100 },
      ],
      isBatch: true,
      batchHost: "gpu1",
      restarts: 0,
      exitCode: 0,
      exitSignal: 0,
      submitTimeMs: Date.parse(`2026-11-28T${submitted}Z`),
      startTimeMs: beganMs,
      endTimeMs: beganMs + 3_600_000,
      outputFile: "/home/alice/slurm-1.out",
      sluid: release === "26.05.5" ? expect.stringMatching(/^s[0-9A-Z]{13}$/) : undefined,
    });
    expect(named(records, "gpus")?.nodeDetails).toMatchObject([{ name: "gpu1", gpuIds: ["0", "1"], gres: "gpu:2" }]);
  });

  it.each([
    ["uneven", { state: "PENDING", reason: "BeginTime", nodes: [], nodeDetails: [], endTimeMs: undefined }, "pending"],
    ["held", { state: "PENDING", reason: "JobHeldUser", startTimeMs: undefined }, "pending"],
    ["again", { state: "PENDING", reason: "BeginTime", restarts: 1, nodes: [] }, "pending"],
    ["suspended", { state: "SUSPENDED", nodes: ["n3"], exitCode: 0 }, "running"],
    ["cancelled", { state: "CANCELLED", nodes: [] }, "ended"],
    ["done", { state: "COMPLETED", exitCode: 0, exitSignal: 0 }, "ended"],
    ["failed", { state: "FAILED", reason: "NonZeroExitCode", exitCode: 3, exitSignal: 0 }, "ended"],
    ["killed", { state: "FAILED", reason: killed, exitCode: 0, exitSignal: 9 }, "ended"],
    ["lost", { state: "NODE_FAIL", reason: "NodeDown", nodes: ["n4"], batchHost: "n4" }, "ended"],
  ])("tells of the job %s what it does, or how it ended", (name, expected, phase) => {
    const record = named(records, name);
    expect(record).toMatchObject(expected);
    expect(jobPhase(record?.state ?? "").kind).toBe(phase);
  });

  it("names the lost nodes of a job that failed for that, where Slurm does", () => {
    expect(named(records, "lost")?.failedNodes).toEqual(release === "22.05.8" ? undefined : ["n4"]);
    expect(named(records, "failed")?.failedNodes).toBeUndefined();
  });

  it("tells tasks of an array, and those that still wait by one record", () => {
    const tasks = records.filter(({ array }) => array?.jobId === 6);
    expect(new Map(tasks.map(({ state, array }) => [state, array?.index]))).toEqual(
      new Map([
        ["RUNNING", 1],
        ["PENDING", undefined],
      ]),
    );
  });

  it("tells the components of a heterogeneous job, by the id of any of them", () => {
    const components = records.filter(({ het }) => het !== undefined);
    expect(components.map(({ het }) => het?.offset)).toEqual([0, 1]);
    for (const { id } of components)
      expect(parseJobRecordsOf(recorded(release), id).map((record) => record.id)).toEqual(
        components.map(({ id }) => id),
      );
  });

  it("is not led astray by a name, a comment and a folder that look like fields", () => {
    expect(named(records, "a b UserId=root(0) JobState=COMPLETED")).toMatchObject({
      user: "alice",
      state: "RUNNING",
      outputFile: expect.stringMatching(/^\/home\/alice\/x StdOut=y\/slurm-\d+\.out$/),
    });
  });

  it("does not believe a name and a comment with line breaks: what stands twice is not known", () => {
    const odd = named(records, "a");
    expect(odd).toMatchObject({ state: "", reason: "", user: "", userId: undefined, nodes: ["n1"] });
    expect(jobPhase(odd?.state ?? "").kind).toBe("unknown");
    expect(parseJobRecord(recorded(release), parseSlurmJobId(1))?.name).toBe("spread");
  });
});

test("a person's own allocation has no script", () => {
  const text = "JobId=7 JobName=interactive\n   Requeue=0 Restarts=0 BatchFlag=0 Reboot=0 ExitCode=0:0\n";
  expect(parseJobRecords(text)).toMatchObject([{ id: 7, isBatch: false, outputFile: undefined }]);
});

test.each(["", "No jobs in the system\n", "slurm_load_jobs error: Invalid job id specified\n"])(
  "a text without records has none: %j",
  (text) => {
    expect(parseJobRecords(text)).toEqual([]);
    expect(parseJobRecord(text, parseSlurmJobId(7))).toBeUndefined();
  },
);
