import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test, vi } from "vitest";
import { parseJobDetails, parseSlurmJobId } from "../src/index.ts";
import { refusalOf } from "./fixtures/refusal.ts";

const recorded = (name: string): string =>
  readFileSync(join(import.meta.dirname, "fixtures/job-details", `${name}.txt`), "utf8");
const detailsOf = (text: string, jobId: number) => parseJobDetails(text, parseSlurmJobId(jobId));

/** One record, as scontrol writes it. */
const record = (job: string, ...nodes: readonly string[]): string =>
  `JobId=${job} JobName=x\n   StartTime=Unknown EndTime=Unknown Deadline=N/A\n${nodes.map((node) => `     Nodes=${node}\n`).join("")}\n`;

describe("what `scontrol show job --details` printed for real jobs", () => {
  it("names each node with its CPUs and GPUs, also where several share a line", () => {
    const { nodes } = detailsOf(recorded("seven-nodes"), 12);
    expect(nodes.map(({ name, cpuPlaces, gpuIds }) => [name, cpuPlaces.length, ...gpuIds])).toEqual([
      ["gpu1", 4, "0", "1"],
      ["gpu2", 4, "0", "1", "2", "3"],
      ["n1", 2],
      ["n2", 4],
      ["n3", 4],
      ["n4", 8],
      ["n5", 8],
    ]);
  });

  it("has all components of a heterogeneous job, each with its own memory and GPUs", () => {
    expect(detailsOf(recorded("heterogeneous"), 41).nodes).toEqual([
      { name: "n5", cpuPlaces: [6, 7], gpuIds: [], memoryMb: 20 },
      { name: "gpu2", cpuPlaces: [0, 1, 2, 3], gpuIds: ["0"], gres: "gpu:1", memoryMb: 40 },
      { name: "n1", cpuPlaces: [0, 1], gpuIds: [], memoryMb: 20 },
      { name: "n2", cpuPlaces: [0, 1, 2, 3], gpuIds: [], memoryMb: 40 },
    ]);
    expect(detailsOf(recorded("heterogeneous"), 42)).toEqual(detailsOf(recorded("heterogeneous"), 41));
  });

  it("is shown of a whole array under the id of its last task, and only the task's own part counts: its GPUs, its end", () => {
    const text = recorded("array-last-task");
    expect(detailsOf(text, 40)).toEqual({
      state: "RUNNING",
      reason: "None",
      nodes: [{ name: "gpu1", cpuPlaces: [0], gpuIds: ["0"], gres: "gpu:1", memoryMb: 10 }],
      endTimeMs: undefined,
    });
    expect(detailsOf(text, 84).nodes).toEqual([{ name: "gpu1", cpuPlaces: [0], gpuIds: [], memoryMb: 10 }]);
  });

  test.each([
    [1, "gpu:tesla:2(IDX:0-1)", ["0", "1"]],
    [2, "gpu:tesla:1(IDX:0),gpu:k80:1(IDX:3)", ["0", "3"]],
    [3, "gpu:tesla:1(IDX:0),gpu:k80:0(IDX:)", ["0"]],
    [4, "gpu:tesla:3(IDX:0-2),gpu:k80:1(IDX:3)", ["0", "1", "2", "3"]],
  ])("job %i with GRES=%s has the GPUs %j", (jobId, gres, gpuIds) => {
    expect(recorded("typed-gpus")).toContain(`GRES=${gres}\n`);
    expect(detailsOf(recorded("typed-gpus"), jobId).nodes).toMatchObject([{ gpuIds }]);
  });

  it.each(["UTC", "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0530>-5:30", "Asia/Kolkata"])(
    "says when a job with a limit ends, printed in UTC, whatever the time zone of this process (TZ=%s)",
    (zone) => {
      vi.stubEnv("TZ", zone);
      expect(detailsOf(recorded("time-limit"), 20).endTimeMs).toBe(Date.UTC(2026, 10, 22, 14, 55, 3));
      vi.unstubAllEnvs();
    },
  );

  it("says what state the job is in, and nothing of what its name says", () => {
    const misleading = "JobName=JobState=COMPLETED HetJobId=7 EndTime=2001-01-01T00:00:00\n";
    const text = recorded("time-limit").replace(/JobName=.*\n/, misleading);
    expect(text).toContain(misleading);
    expect(detailsOf(text, 20)).toEqual({ ...detailsOf(recorded("time-limit"), 20), state: "RUNNING" });
  });
});

describe("a job's SLUID", () => {
  const named = (job: string, sluid: string): string =>
    `JobId=${job} JobName=x\n   SLUID=${sluid}\n     Nodes=n1 CPU_IDs=0 Mem=0 GRES=\n\n`;

  it("is read where Slurm gives one", () => {
    expect(detailsOf(named("12", "sA55M89F9V8E00"), 12).sluids).toEqual(["sA55M89F9V8E00"]);
    expect(detailsOf(record("12", "n1 CPU_IDs=0 Mem=0 GRES="), 12).sluids).toBeUndefined();
  });

  it("is read of all components of a heterogeneous job, and of no other job", () => {
    const text = `${named("12 HetJobId=12 HetJobOffset=0", "sA55M89F9V8E00")}${named("13 HetJobId=12 HetJobOffset=1", "sA55M89F9V8E01")}${named("14", "sA55M89F9V8E02")}`;
    expect(detailsOf(text, 13).sluids).toEqual(["sA55M89F9V8E00", "sA55M89F9V8E01"]);
  });

  it("that is none is left out: it would be the name of a folder", () => {
    expect(detailsOf(named("12", "../../x"), 12).sluids).toBeUndefined();
  });
});

describe("a text in which the job is not", () => {
  test.each([
    ["nothing", ""],
    ["an error", "slurm_load_jobs error: Invalid job id specified\n"],
    ["another job", record("7", "n1 CPU_IDs=0 Mem=0 GRES=")],
    ["a job whose id begins alike", record("41", "n1 CPU_IDs=0 Mem=0 GRES=")],
  ])("%s: says nothing", (_, text) => {
    expect(detailsOf(text, 4)).toEqual({ nodes: [], endTimeMs: undefined });
  });
});

describe("components that share a node", () => {
  const het = (id: number, node: string): string => record(`${id} HetJobId=4 HetJobOffset=${id - 4}`, node);

  it("have it once, with the sum of their parts", () => {
    const text =
      het(4, "n1 CPU_IDs=0-1 Mem=10 GRES=gpu:1(IDX:2)") + het(5, "n[1-2] CPU_IDs=2,4 Mem=30 GRES=gpu:1(IDX:0)");
    expect(detailsOf(text, 4).nodes).toEqual([
      { name: "n1", cpuPlaces: [0, 1, 2, 4], gpuIds: ["0", "2"], gres: "gpu:1", memoryMb: 40 },
      { name: "n2", cpuPlaces: [2, 4], gpuIds: ["0"], gres: "gpu:1", memoryMb: 30 },
    ]);
  });

  it("end with the first of them", () => {
    const ends = (id: number, time: string): string =>
      het(id, "n1 CPU_IDs=0 Mem=0 GRES=").replace("EndTime=Unknown", `EndTime=${time}`);
    const text = ends(4, "2030-01-01T00:00:02") + ends(5, "2030-01-01T00:00:01");
    expect(detailsOf(text, 4).endTimeMs).toBe(Date.UTC(2030, 0, 1, 0, 0, 1));
  });
});

describe("a list that can't be right is refused", () => {
  test.each([
    ["n[1 CPU_IDs=0 Mem=0 GRES=", "Nodes"],
    ["n1 CPU_IDs=3-1 Mem=0 GRES=", "CPU_IDs"],
    ["n1 CPU_IDs=0 Mem=0 GRES=gpu:1(IDX:1-)", "GRES"],
  ])("%s", (node, variable) => {
    expect(refusalOf(() => detailsOf(record("4", node), 4))).toMatchObject({ code: "malformed", variable });
  });

  it("not so GPUs whose numbers Slurm does not know, and other resources", () => {
    const text = record("4", "n1 CPU_IDs=0 Mem=0 GRES=gpu:1(IDX:N/A),shard:3(IDX:5),nogpu:1(IDX:7)");
    expect(detailsOf(text, 4).nodes).toMatchObject([{ gpuIds: [] }]);
  });
});
