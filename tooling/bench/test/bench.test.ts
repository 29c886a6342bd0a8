import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { describe, expect, it } from "vitest";
import { questions } from "../src/questions.ts";

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [program, ...args]);

interface Report {
  readonly machine: { readonly node: string };
  readonly answers: readonly {
    readonly name: string;
    readonly figures: readonly {
      readonly what: string;
      readonly median: number;
      readonly least: number;
      readonly most: number;
    }[];
    readonly findings: readonly { readonly what: string; readonly value: number }[];
  }[];
}

describe("the benchmark", () => {
  it("answers every local question with finite numbers when nothing is named", async () => {
    const report = await quickLook();
    expect(report.machine.node).toBe(process.version);
    expectAnswers(
      report,
      questions.filter(({ group }) => group === "local").map(({ name }) => name),
    );
  });

  it("says which questions there are when it is asked something else", async () => {
    await expect(bench("wibble")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("call, throughput, pool") as unknown,
    });
  });
});

const onTestbed = describeOnTestbed(describe);

onTestbed("the benchmark on a cluster", () => {
  it("answers what a call to another node and a start cost with finite numbers", async () => {
    expectAnswers(await quickLook("tls", "start"), ["tls", "start"]);
  });
});

const quickLook = async (...names: string[]): Promise<Report> =>
  JSON.parse((await bench("--quick", "--json", ...names)).stdout) as Report;

function expectAnswers({ answers }: Report, names: readonly string[]): void {
  expect(answers.map(({ name }) => name)).toEqual(names);
  for (const { figures, findings } of answers) {
    expect(figures.length).toBeGreaterThan(0);
    for (const figure of figures) expect([figure.median, figure.least, figure.most], figure.what).toSatisfy(allFinite);
    for (const finding of findings) expect([finding.value], finding.what).toSatisfy(allFinite);
  }
}

const allFinite = (numbers: readonly number[]): boolean => numbers.every((number) => Number.isFinite(number));
