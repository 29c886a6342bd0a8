/**
 * A program for tests: memoises texts in `dir` and prints each key when its result is acknowledged. Its last line tells how
 * many were remembered from earlier runs, or as JSON how it failed.
 */
import { z } from "zod";
import {
  defineRemote,
  forConcurrently_,
  keyValMap,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "../../../src/index.ts";

/** A text of so many bytes, which it also prints if it is told to. */
export const pad = defineRemote(import.meta, {
  name: "pads/pad",
  input: z.object({ x: z.int(), bytes: z.int(), print: z.boolean() }),
  output: z.string(),
  run: ({ bytes, print }) => {
    const text = "x".repeat(bytes);
    if (print) process.stdout.write(`${text}\n`);
    return text;
  },
});

export const pads = keyValMap("pads", pad.input, pad.output);

if (import.meta.main) {
  const [dir = "", count = "0", bytes = "0", print = ""] = process.argv.slice(2);
  let remembered = 0;
  const inputs = Array.from({ length: Number(count) }, (_, x) => ({
    x,
    bytes: Number(bytes),
    print: print === "print",
  }));
  const job = forConcurrently_(inputs, (input) => async (env) => {
    await memoizeWithMap(pads, (key) => remoteEval(pad, key), input)(env);
    process.stdout.write(`${input.x}\n`);
  });
  try {
    await runJobLocal(programInfo(dir), job, {
      cpus: 2,
      progress: "none",
      onEvent: ({ event }) => (remembered = event.type === "counts" ? event.remembered : remembered),
    });
    process.stdout.write(`remembered ${remembered}\n`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stdout.write(
      `${JSON.stringify({ name: error.name, code: "code" in error ? error.code : null, message: error.message })}\n`,
    );
  }
}
