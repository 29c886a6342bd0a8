/** A module that a test lets load: it takes as long as a file is not there, awake or asleep, and then says so by another one. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

const dir = process.env["HYPERION_TEST_LOADS"] ?? "";
const isBlocking = process.env["HYPERION_TEST_LOADS_AWAKE"] === "1";

while (!existsSync(join(dir, "load"))) if (!isBlocking) await sleep(10);

/** Runs, awake, until there is another file. */
export const late = defineRemote(import.meta, {
  name: "test/late",
  input: z.number(),
  output: z.number(),
  run: (x) => {
    writeFileSync(join(dir, `runs-${x}`), "");
    while (!existsSync(join(dir, "end")));
    return 2 * x;
  },
});
