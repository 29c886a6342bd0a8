/** A program's command line, by the schema of its options. */
import { expect, test } from "vitest";
import { z } from "zod";
import { helpText } from "../../src/command/help-text.ts";
import { programOptions } from "../../src/command/program-options.ts";
import { readCommandLine, UsageError } from "../../src/command/read-command-line.ts";

const schema = z.object({
  maxPoints: z.int().positive().default(20).describe("how many points"),
  eps: z.number().default(1e-9),
  mode: z.enum(["newton", "bisect"]).default("bisect").describe("how to search"),
  fast: z.boolean().default(false).describe("fewer digits"),
  check: z.boolean().default(true).describe("look at each result"),
  xs: z.array(z.number()).default([]),
  title: z.string().describe("above the table"),
  limit: z.number().nullish(),
  range: z.object({ from: z.number() }).optional(),
});
const own = programOptions(schema);
const DEFAULTS = { maxPoints: 20, eps: 1e-9, mode: "bisect", fast: false, check: true, xs: [], title: "t" };

test.each([
  ["--title t", { where: "found", options: DEFAULTS }],
  ["--title=t --local", { where: "local", options: DEFAULTS }],
  ["--slurm --dir d --title t", { where: "slurm", dir: "d", options: DEFAULTS }],
  ["--title t --max-points 3 --eps -1e-3 --mode newton", { options: { maxPoints: 3, eps: -1e-3, mode: "newton" } }],
  ["--title t --fast --no-check", { options: { fast: true, check: false } }],
  ["--title t --xs 1 --xs -2", { options: { xs: [1, -2] } }],
  ['--title t --limit 7 --range {"from":1}', { options: { limit: 7, range: { from: 1 } } }],
])("%s", async (line, asked) => {
  expect(await readCommandLine(line.split(" "), own, schema)).toMatchObject(asked);
});

test.each([
  ["--max-pionts 3", "There is no option --max-pionts. Did you mean --max-points?"],
  ["--lokal", "There is no option --lokal. Did you mean --local?"],
  ["--no-eps", "There is no option --no-eps"],
  ["-x", "There is no option"],
  ["--title t --max-points many", '--max-points has to be a whole number, and is "many"'],
  ["--title t --max-points 1.5", "--max-points has to be a whole number"],
  ["--title t --max-points -1", "--max-points -1: Too small"],
  ["--title t --mode newtn", '--mode has to be one of newton, bisect, and is "newtn". Did you mean newton?'],
  ["--title t --fast=yes", "--fast takes no value"],
  ["--title", "--title needs a value"],
  ["--title t --dir", "--dir needs a value"],
  ["--fast", "--title has to be given"],
  ["--title t more", '"more" is no option'],
  ["--title t --local --slurm", "exclude each other"],
  ["--title t --range {", "--range has to be JSON"],
])("%s is a mistake that is named", async (line, words) => {
  const error: unknown = await readCommandLine(line.split(" "), own, schema).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  expect(error instanceof Error ? error.message : "").toContain(words);
});

test("--help lists options with types, defaults and descriptions", async () => {
  expect(await readCommandLine(["--max-pionts", "-h"], own, schema)).toBe("help");
  expect(helpText({ name: "roots.ts", own, dir: "./out", summary: "Roots of numbers." }))
    .toBe(`Usage: roots.ts [options]

Roots of numbers.

Options:
  --max-points <whole number>  how many points (default: 20)
  --eps <number>               (default: 1e-9)
  --mode <newton|bisect>       how to search (default: bisect)
  --fast                       fewer digits
  --no-check                   look at each result
  --xs <number> ...            (again for another, default: [])
  --title <text>               above the table (has to be given)
  --limit <number>
  --range <JSON>
  --local                      on this machine, without Slurm
  --slurm                      by Slurm, or not at all
  --dir <dir>                  where results and logs are (default: ./out)
  -h, --help                   show help
`);
});

test("a schema that no command line can be made of is refused", () => {
  expect(() => programOptions(z.string())).toThrow("the schema of an object");
  expect(() => programOptions(z.object({ dir: z.string() }))).toThrow("all programs have --dir");
  const foreign = { "~standard": { version: 1, vendor: "mine", validate: (value: unknown) => ({ value }) } } as const;
  expect(() => programOptions(foreign)).toThrow("can't be shown as JSON Schema");
  expect(programOptions(undefined)).toEqual([]);
});
