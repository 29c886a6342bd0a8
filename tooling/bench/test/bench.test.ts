import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { questions } from "../src/questions.ts";

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const bench = (...args: string[]): Promise<{ stdout: string }> => promisify(execFile)(process.execPath, [program, ...args]);

interface Report {
  readonly machine: { readonly node: string };
  readonly answers: readonly {
    readonly name: string;
    readonly figures: readonly { readonly what: string; readonly median: number; readonly least: number; readonly most: number }[];
    readonly findings: readonly { readonly what: string; readonly value: number }[];
  }[];
}

describe("the benchmark", () => {
  it("answers every question with finite numbers", async () => {
    const report = JSON.parse((await bench("--quick", "--json")).stdout) as Report;
    expect(report.machine.node).toBe(process.version);
    expect(report.answers.map(({ name }) => name)).toEqual(questions.map(({ name }) => name));
    for (const { figures, findings } of report.answers) {
      expect(figures.length).toBeGreaterThan(0);
      for (const figure of figures) expect([figure.median, figure.least, figure.most], figure.what).toSatisfy(allFinite);
      for (const finding of findings) expect([finding.value], finding.what).toSatisfy(allFinite);
    }
  });

  it("says which questions there are when it is asked something else", async () => {
    await expect(bench("wibble")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("call, throughput, pool") as unknown });
  });
});

const allFinite = (numbers: readonly number[]): boolean => numbers.every((number) => Number.isFinite(number));
