/** Remote functions that print. */
import { writeSync } from "node:fs";
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

export const print = defineRemote(import.meta, {
  name: "test/print",
  input: z.object({ log: z.string(), error: z.string(), own: z.string() }),
  output: z.null(),
  run: ({ log, error, own }, ctx) => {
    console.log(log);
    console.error(error);
    ctx.log(own);
    return null;
  },
});

/** One line in pieces, as bytes that end within a character. */
export const printPieces = defineRemote(import.meta, {
  name: "test/print-pieces",
  input: z.array(z.instanceof(Uint8Array)),
  output: z.null(),
  run: (pieces) => {
    for (const piece of pieces) process.stdout.write(piece);
    process.stdout.write("686578", "hex");
    process.stdout.write("\n");
    return null;
  },
});

export const printNatively = defineRemote(import.meta, {
  name: "test/print-natively",
  input: z.string(),
  output: z.null(),
  run: (text) => {
    writeSync(1, text);
    writeSync(2, text);
    return null;
  },
});
