/** A folder of a test's own, and failures to hold in it. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeldFailure } from "../src/index.ts";

/** A program's directory, gone at the end of its scope. */
export class TestFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "hyperion-ts-holds-")));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const failureOf = (key: string, more: Partial<HeldFailure> = {}): HeldFailure => ({
  kind: "job",
  key,
  name: "roots/job",
  input: "n=2",
  where: { jobId: 4_714, node: "n3", log: "/out/jobs/roots/output" },
  reason: "out-of-memory",
  summary: "out of memory on n3",
  why: "Slurm job 4714 needed more memory than it had asked for on n3.",
  lastLines: ["filling", "Killed"],
  version: "1",
  remedy: { changes: { mem: "16G" }, words: "More memory." },
  ...more,
});
