/** A program with options, as people write it. */
import { defineRemote, mapRemote, program } from "@hyperion-ts/job";
import { z } from "zod";

export const square = defineRemote(import.meta, {
  name: "test/square",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});

export default program(import.meta, {
  summary: "Squares of the first numbers.",
  options: z.object({
    points: z.int().positive().default(3).describe("how many numbers"),
    fails: z.boolean().default(false).describe("whether it fails"),
    waits: z.boolean().default(false).describe("whether it goes on until it is stopped"),
  }),
  dir: "out",
  runOptions: { cpus: 1, progress: "none" },
  run:
    ({ points, fails, waits }) =>
    async (env) => {
      if (fails) throw new RangeError("as it was told");
      if (waits) {
        console.log(`waits in ${process.pid}`);
        await new Promise((_, reject) => env.signal.addEventListener("abort", () => reject(env.signal.reason)));
      }
      return await mapRemote(square, [...FIRST].slice(0, points))(env);
    },
  done: (squares) => console.log(`squares ${squares.join(" ")}, Node's flags ${process.execArgv.join(" ")}`),
});

/** Behind the program: it begins when all of the file has been read. */
const FIRST = [1, 2, 3, 4, 5];
