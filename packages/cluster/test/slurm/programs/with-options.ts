/** A program that calls a Slurm job, with an option: all of it in one file. */
import { defineJob, defineRemote, mapConcurrently, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";
import { clusterProgram, remoteEvalJob } from "../../../src/index.ts";

const square = defineRemote(import.meta, {
  name: "test/square-of",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});

const firstSquares = defineJob(import.meta, {
  name: "test/first-squares",
  input: z.object({ count: z.int() }),
  output: z.array(z.number()),
  run: ({ count }) =>
    mapConcurrently(
      Array.from({ length: count }, (_, i) => i + 1),
      (x) => remoteEval(square, x),
    ),
});

export default clusterProgram(import.meta, {
  options: z.object({ count: z.int().positive().default(2).describe("how many numbers") }),
  run: ({ count }) => remoteEvalJob(firstSquares, { count }),
  done: (squares) => console.log(squares.join(" ")),
});
