import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSqueueAnswer, squeueQuestion } from "../../src/slurm/index.ts";

const MARK = "3f6c1f1e-8f0e-4a57-9d37-5f6d1f0a2b11";

/** What squeue prints: each job its own line, by the format that it was asked with. */
function printed(jobs: readonly Readonly<Record<string, string>>[]): string {
  const format =
    squeueQuestion(MARK)
      .find((arg) => arg.startsWith("--format="))
      ?.slice("--format=".length) ?? "";
  return jobs.map((job) => `${format.replaceAll(/%([A-Za-z])/g, (_, field: string) => job[field] ?? "")}\n`).join("");
}

const RUNNING = {
  i: "16",
  T: "RUNNING",
  r: "None",
  N: "n[1-2]",
  C: "4",
  B: "n1",
  P: "main",
  V: "2026-11-28T19:01:46",
  S: "2026-11-28T19:01:47",
  e: "2026-11-28T20:01:47",
  j: "roots-q7RkW-1",
};
const pending = { ...RUNNING, i: "17", T: "PENDING", N: "", C: "2K", B: "n/a", S: "N/A", e: "N/A" };

describe("the answer of squeue", () => {
  test("is asked for by one command, for this user's jobs alone, those that have ended among them", () => {
    expect(squeueQuestion("M")).toEqual([
      "squeue",
      "--me",
      "--all",
      "--noheader",
      "--states=all",
      "--format=M<%iM|%TM|%rM|%NM|%CM|%BM|%PM|%VM|%SM|%eM|%jM>",
    ]);
  });

  test("tells all of a job that runs, and of one that waits", () => {
    expect(readSqueueAnswer(printed([RUNNING, pending]), MARK)).toEqual([
      {
        id: 16,
        name: "roots-q7RkW-1",
        state: "RUNNING",
        reason: "None",
        nodes: ["n1", "n2"],
        cpus: 4,
        batchHost: "n1",
        partition: "main",
        submitTimeMs: Date.parse("2026-11-28T19:01:46Z"),
        startTimeMs: Date.parse("2026-11-28T19:01:47Z"),
        endTimeMs: Date.parse("2026-11-28T20:01:47Z"),
      },
      expect.objectContaining({
        id: 17,
        state: "PENDING",
        cpus: 2_048,
        nodes: [],
        batchHost: undefined,
        startTimeMs: undefined,
      }),
    ]);
  });

  test("has no tasks of arrays, no components, and nothing that makes no sense", () => {
    const odd = ["8_1", "8_[2-3%1]", "20+0", "", "x", "-1", "0"].map((i) => ({ ...RUNNING, i }));
    expect(readSqueueAnswer(printed(odd), MARK)).toEqual([]);
    expect(readSqueueAnswer(printed([{ ...RUNNING, T: "" }]), MARK)).toEqual([]);
    const whole = printed([RUNNING]);
    expect(readSqueueAnswer(`${whole.slice(0, -60)}\n${whole}CLUSTER: other\n${whole}`, MARK)).toEqual([
      ...readSqueueAnswer(whole, MARK),
      ...readSqueueAnswer(whole, MARK),
    ]);
    for (const text of ["", "CLUSTER: other\n", "slurm_load_jobs error: x\n", `${MARK}16${MARK}RUNNING\n`])
      expect(readSqueueAnswer(text, MARK)).toEqual([]);
  });

  test("is not lost for a list of nodes that can't be read", () => {
    expect(readSqueueAnswer(printed([{ ...RUNNING, N: "n[1-", B: "n[" }]), MARK)).toMatchObject([
      { id: 16, nodes: [], batchHost: undefined },
    ]);
  });

  test("is read whatever names and reasons are", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("a | b, c", "x\n16 RUNNING", printed([RUNNING]).replaceAll(MARK, "|"), "%j%i", "\n", " \n\n"),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ j: text, r: text.map((reason) => reason.replaceAll("\n", " ")) })), (jobs) => {
        const all = jobs.map((job, index) => ({ ...pending, ...job, i: String(index + 1) }));
        expect(
          readSqueueAnswer(printed(all), MARK).map(({ id, name, reason }) => ({ i: String(id), j: name, r: reason })),
        ).toEqual(all.map(({ i, j, r }) => ({ i, j, r })));
      }),
    );
  });
});
