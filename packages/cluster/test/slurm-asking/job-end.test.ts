import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askJobEnd } from "../../src/slurm/index.ts";
import { readOutputTail } from "../../src/slurm/output-tail.ts";
import { FakeSlurm, identity } from "./fake-slurm.ts";

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hyperion-end-"));
  output = join(folder, "output");
});
afterEach(() => rmSync(folder, { recursive: true }));

const { jobId, name } = identity(7, "a b");
const TIME_LIMIT = "slurmstepd-n2: error: *** JOB 7 ON n2 CANCELLED AT 2026-11-28T19:01:49 DUE TO TIME LIMIT ***\n";

describe("how a job ended is asked", () => {
  test("of the controller alone where that is enough", async () => {
    const slurm = new FakeSlurm();
    slurm.jobs = [{ id: 7, name, state: "TIMEOUT", reason: "TimeLimit" }];
    expect(await askJobEnd(jobId, name, { ask: slurm.ask })).toMatchObject({ kind: "timed-out" });
    expect(slurm.asked).toEqual([["scontrol", "show", "job", "7"]]);
  });

  test("of the accounting where the controller has forgotten it or tells little, and never needed", async () => {
    const slurm = new FakeSlurm();
    expect(await askJobEnd(jobId, name, { ask: slurm.ask })).toMatchObject({ kind: "forgotten" });
    slurm.jobs = [{ id: 7, name, state: "FAILED", exit: "3:0" }];
    expect(await askJobEnd(jobId, name, { ask: slurm.ask })).toMatchObject({ kind: "failed", exitCode: 3 });
    expect(slurm.count("sacct")).toBe(2);
  });

  test("in its output where Slurm has forgotten it, but never of one that may go on", async () => {
    writeFileSync(output, TIME_LIMIT);
    const slurm = new FakeSlurm();
    const ask = () => askJobEnd(jobId, name, { ask: slurm.ask, outputFile: output });
    expect(await ask()).toMatchObject({ kind: "timed-out", toldBy: "output", outputFile: output });
    slurm.away = true;
    expect(await ask()).toMatchObject({ kind: "unknown", hasEnded: false });
    slurm.away = false;
    slurm.jobs = [{ id: 7, name, state: "COMPLETING" }];
    expect(await ask()).toMatchObject({ kind: "goes-on", lastLines: [] });
  });

  test("of a job with that name alone, and a record that can't be read is no answer", async () => {
    const slurm = new FakeSlurm();
    slurm.jobs = [{ id: 7, name: "another", state: "COMPLETED" }];
    expect(await askJobEnd(jobId, name, { ask: slurm.ask })).toMatchObject({ kind: "forgotten" });
    slurm.jobs = [{ id: 7, name, state: "COMPLETED", nodes: "n[1-" }];
    expect(await askJobEnd(jobId, name, { ask: slurm.ask })).toMatchObject({ kind: "unknown", hasEnded: false });
  });

  test("until nobody wants to know any more", async () => {
    const enough = new Error("enough");
    const slurm = new FakeSlurm();
    await expect(askJobEnd(jobId, name, { ask: slurm.ask, signal: AbortSignal.abort(enough) })).rejects.toBe(enough);
  });
});

describe("the end of an output", () => {
  test("is 64 KB at most, from the beginning of a line on", () => {
    writeFileSync(output, `${"é".repeat(100_000)}\n${"x".repeat(99)}\n`.repeat(3));
    expect(readOutputTail(output)).toBe(`${"x".repeat(99)}\n`);
    writeFileSync(output, "one\ntwo");
    expect(readOutputTail(output)).toBe("one\ntwo");
    writeFileSync(output, "");
    expect(readOutputTail(output)).toBe("");
  });

  test("is unknown where there is no file, or a link to one", () => {
    expect(readOutputTail(output)).toBeUndefined();
    writeFileSync(join(folder, "real"), TIME_LIMIT);
    symlinkSync(join(folder, "real"), output);
    expect(readOutputTail(output)).toBeUndefined();
    expect(readOutputTail(folder)).toBeUndefined();
  });
});
