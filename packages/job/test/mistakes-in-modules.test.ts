/** Modules that a worker can't load because of what their author has put beside the functions: the message alone says what. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  type CallError,
  defineRemote,
  type Job,
  mapConcurrentlySettled,
  remoteEval,
  runJobLocal,
} from "../src/index.ts";
import { quiet, World } from "./faults/world.ts";

/** A call of a function that its program believes to be in this file of the folder functions. */
function callOf(file: string): Job<unknown> {
  const url = new URL(`functions/${file}`, import.meta.url).href;
  return remoteEval(
    defineRemote({ url }, { name: `mistaken/${file}`, input: z.null(), output: z.null(), run: () => null }),
    null,
  );
}

/** The errors of such calls, all of one run, and how often one was tried again. */
async function errorsOf(
  files: readonly string[],
): Promise<{ readonly errors: readonly CallError[]; readonly retries: number }> {
  await using world = new World();
  let retries = 0;
  const ends = await runJobLocal(world.info, mapConcurrentlySettled(files, callOf), {
    ...quiet,
    onEvent: ({ event }) => (retries += event.type === "call-retried" ? 1 : 0),
  });
  return { errors: ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : [])), retries };
}

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("a module that starts a program when it is imported", () => {
  test("is told so once, with all its causes, and with the line that starts it, whether it ends the process for it or not", async () => {
    const { errors, retries } = await errorsOf(["module-starts-run.ts", "module-catches-run.ts"]);
    expect([errors.length, retries]).toEqual([2, 0]);
    for (const [i, error] of errors.entries()) {
      expect(error).toMatchObject({ reason: { kind: "module-failed" }, site: { attempt: 1 } });
      expect(error.message).toMatch(
        /can't be loaded in a worker: runJobLocal was called inside a worker\. .* if \(import\.meta\.main\) \{ await runJobLocal\(\.\.\.\) \}/,
      );
      expect(error.message).toMatch(
        new RegExp(`\\n {9}at .*functions/module-${i === 0 ? "starts" : "catches"}-run\\.ts:\\d+:\\d+\\)?\\n`),
      );
      expect(count(inspect(error), "was called inside a worker")).toBe(1);
    }
  });
});

test("a module that ends its process fails its calls at once, with the exit code and the line", async () => {
  const { errors, retries } = await errorsOf(["module-exits.ts"]);
  expect([errors.map(({ message }) => message), retries]).toEqual([
    [
      expect.stringMatching(
        /can't be loaded in a worker: it ends its process \(exit code 2\) when it is imported\. What ends a program must not be at the top level .*if \(import\.meta\.main\) \{ \.\.\. \}\n {9}at .*module-exits\.ts:\d+:\d+\)?\n/,
      ),
    ],
    0,
  ]);
});

test("a module that throws is told with its line, and its error is the cause", async () => {
  const { errors } = await errorsOf(["module-throws.ts"]);
  expect(errors[0]?.message).toMatch(
    /can't be loaded in a worker: Expected property name .* in JSON .*\n {9}at .*functions\/module-throws\.ts:\d+:\d+\)?\n/,
  );
  expect(errors[0]?.cause).toMatchObject({ name: "SyntaxError" });
});

test("a file of tests says that functions have to be elsewhere, or to run in the test's own process", async () => {
  await using world = new World();
  const here = defineRemote(import.meta, {
    name: "mistaken/in-a-test",
    input: z.number(),
    output: z.number(),
    run: (x) => 2 * x,
  });
  const [end] = await runJobLocal(
    world.info,
    mapConcurrentlySettled([1], (x) => remoteEval(here, x)),
    quiet,
  );
  expect(end).toMatchObject({
    reason: {
      message: expect.stringMatching(
        /mistakes-in-modules\.test\.ts .*can't be loaded in a worker: it holds tests, and only what runs these can load it \(.+\)\. Define remote functions in a file of their own, or run the job with \{ inProcess: true \}\n {9}at .*mistakes-in-modules\.test\.ts:\d+:\d+/,
      ),
    },
  });
  expect(await runJobLocal(world.info, remoteEval(here, 21), { ...quiet, inProcess: true })).toBe(42);
});
