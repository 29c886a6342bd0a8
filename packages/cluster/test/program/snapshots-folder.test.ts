import { chmodSync, mkdirSync, mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programInfo } from "@hyperion-ts/job";
import { NotOursError } from "@hyperion-ts/own-files";
import { expect, test, vi } from "vitest";
import { remoteEvalJob, runCluster } from "../../src/index.ts";
import { squaresJob } from "../slurm/programs/squares.ts";

test("a folder of snapshots that others may write to is refused, before anything is submitted", async () => {
  vi.stubEnv("SLURM_JOB_ID", undefined);
  using folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-snapshots-"));
  const snapshots = join(folder.path, "data/snapshots");
  mkdirSync(snapshots, { recursive: true, mode: 0o700 });
  chmodSync(snapshots, 0o777);
  const squares = remoteEvalJob(squaresJob, { dir: folder.path, ms: 0, xs: [1] });
  const run = runCluster(programInfo(folder.path), squares, { progress: "none", handleSignals: false });
  await expect(run).rejects.toThrow(NotOursError);
  await expect(run).rejects.toThrow(snapshots);
});
