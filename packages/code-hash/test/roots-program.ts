/** A program of two files, to change one thing at a time in. */
import { expect } from "vitest";
import type { Sources } from "./source-folder.ts";

const PROGRAM = `
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";
import { step } from "./step.ts";

const scale = 2;
const unused = 5;
export const f = defineRemote(import.meta, { name: "f", input: z.number(), output: z.number(), run: (x: number): number => step(x) * scale });
export const g = defineRemote(import.meta, { name: "g", input: z.number(), output: z.number(), run: (x) => x });
const points = [1, 2, 3];
if (import.meta.main) console.log(await run(points));
async function run(xs: number[]) { return xs; }
`;
/** The function that the program imports. */
export const STEP =
  "const size = 1;\nexport const step = (x: number): number => x + size;\nexport const other = (x: number) => x - 1;\n";
/** The program, and the file that it imports. */
export const ROOTS: Sources = { "roots.ts": PROGRAM, "step.ts": STEP };

/** The program with one change in `file`. */
export function edited(file: string, from: string | RegExp, to: string): Sources {
  const text = ROOTS[file] ?? "";
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return { ...ROOTS, [file]: changed };
}
