/** A program that a worker starts too when it imports the function: its author forgot `if (import.meta.main)`. */
import { z } from "zod";
import { defineRemote, programInfo, remoteEval, runJobLocal } from "../../src/index.ts";

const double = defineRemote(import.meta, {
  name: "faulty/double",
  input: z.number(),
  output: z.number(),
  run: (x) => 2 * x,
});

// A worker has no arguments.
const [, , dir = process.env["FAULTY_FORM"] === "without arguments" ? "" : "out"] = process.argv;
const run = (): Promise<number> => runJobLocal(programInfo(dir), remoteEval(double, 21), { cpus: 2, progress: "none" });

switch (process.env["FAULTY_FORM"]) {
  case "not awaited":
    void run();
    break;
  case "caught":
    run().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
    break;
  default:
    await run();
}
