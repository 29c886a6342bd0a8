/** A remote function that ends when a test says so: by files in a directory. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** The file that is there as soon as a call runs on a node, and the one that lets it end. */
export const gateFiles = (dir: string, node: string): { readonly begun: string; readonly open: string } => ({
  begun: join(dir, `begun-${node}`),
  open: join(dir, `open-${node}`),
});

export const gated = defineRemote(import.meta, {
  name: "gated/gated",
  input: z.object({ dir: z.string() }),
  output: z.string(),
  run: async ({ dir }, { node, attempt, signal }) => {
    const { begun, open } = gateFiles(dir, node);
    writeFileSync(begun, "");
    while (!existsSync(open)) await sleep(10, undefined, { signal });
    return `the answer of ${node}, attempt ${attempt}`;
  },
});
