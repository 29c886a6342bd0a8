/** A module of plain JavaScript that defines a function and is a program. Arguments: its directory. */
import { defineRemote, programInfo, remoteEval, runJobLocal } from "../../../src/index.ts";
import { z } from "zod";

const failing = defineRemote(import.meta, {
  name: "test/failing-js",
  input: z.number(),
  output: z.number(),
  run: () => {
    throw new RangeError("x must not be negative");
  },
});

if (import.meta.main) await runJobLocal(programInfo(process.argv[2]), remoteEval(failing, 1), { cpus: 1 });
