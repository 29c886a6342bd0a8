/** A whole program: it remembers results of its own, and a head that runs its snapshot takes them for results of the same code. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Project } from "./project.ts";

const functions = (body: string): string => `
import { defineRemote, keyValMap, mapConcurrently, memoizeWithMap, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";
export const f = defineRemote(import.meta, { name: "whole/f", input: z.number(), output: z.number(), run: (x) => ${body} });
const map = keyValMap("whole", f.input, f.output);
export const job = (points: number[]) => mapConcurrently(points, (x) => memoizeWithMap(map, (key) => remoteEval(f, key), x));
Object.assign(globalThis, { job });
`;

const program = `
import { writeFileSync } from "node:fs";
import { programInfo, runJobLocal } from "@hyperion-ts/job";
import { programCode } from "@hyperion-ts/job/program";
import { definingModules, makeSnapshot } from ${JSON.stringify(join(import.meta.dirname, "../../src/snapshot/index.ts"))};
import { job } from "./functions.ts";
const values = await runJobLocal(programInfo("out"), job([1, 2]), { cpus: 1 });
writeFileSync("functions.ts", ${JSON.stringify(functions("x + 1000"))});
const { file, hash } = await makeSnapshot(definingModules(), "out/snapshots", { signal: new AbortController().signal, reader: programCode.reader });
console.log(JSON.stringify({ values, file, hash }));
`;

const head = `
import { programInfo, runJobLocal } from "@hyperion-ts/job";
import { loadSnapshot } from ${JSON.stringify(join(import.meta.dirname, "../../src/snapshot/index.ts"))};
const [, , file, hash] = process.argv;
await loadSnapshot(file ?? "", hash ?? "");
const job = Reflect.get(globalThis, "job");
console.log(JSON.stringify(await runJobLocal(programInfo("out"), job([1, 2, 3]), { cpus: 1 })));
`;

test("a job runs the code with which its program began, and takes the program's results for its own code's", async () => {
  using project = new Project({ "functions.ts": functions("x + 1"), "program.ts": program, "head.ts": head });
  const run = async (...args: readonly string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], { cwd: project.path(".") });
    return { printed: JSON.parse(stdout), told: stderr };
  };
  const { printed } = await run("program.ts");
  expect(printed).toMatchObject({ values: [2, 3], file: expect.stringMatching(/functions-\w{20}\.mjs$/) });
  const { printed: values, told } = await run("head.ts", printed.file, printed.hash);
  expect(values).toEqual([2, 3, 4]);
  expect(told).not.toContain("other code");
  expect(told).toContain("2 remembered");
});
