/** Login nodes end processes that use much CPU time: a watch must cost nearly none. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { expect, onTestFinished, test, vi } from "vitest";
import { SlurmWatch } from "../../src/slurm/index.ts";

/** Prints 100 jobs that run, in the format that it is asked for. */
const SQUEUE = `#!/bin/sh
for arg; do case $arg in --format=*) format=\${arg#--format=} ;; esac; done
mark=\${format%%<*}
for tens in 0 1 2 3 4 5 6 7 8 9; do for ones in 0 1 2 3 4 5 6 7 8 9; do
  echo "$mark<1$tens$ones$mark|RUNNING$mark|None$mark|n[1-4]$mark|4$mark|n1$mark|main$mark|2026-11-28T19:01:46$mark|2026-11-28T19:01:47$mark|2026-11-29T19:01:47$mark|job 1$tens$ones$mark>"
done; done
`;

/** With a look each 30 s. */
const LOOKS_AN_HOUR = 120;

test("to watch 100 jobs for an hour takes less than a second of this process's CPU time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-squeue-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "squeue"), SQUEUE);
  chmodSync(join(folder, "squeue"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  let looks = 0;
  const { promise: hourIsOver, resolve: endHour } = Promise.withResolvers<undefined>();
  const ask: typeof askSlurm = (argv, options) => {
    looks += 1;
    if (looks > LOOKS_AN_HOUR) endHour(undefined);
    return askSlurm(argv, options);
  };
  await using watch = new SlurmWatch({ firstMs: 1, longestMs: 1, ask });
  const jobs = Array.from({ length: 100 }, (_, i) =>
    watch.watch({ jobId: parseSlurmJobId(100 + i), name: `job ${100 + i}` }),
  );
  const before = process.cpuUsage();
  await hourIsOver;
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
  for (const { view } of jobs) expect(view).toMatchObject({ state: "RUNNING", nodes: ["n1", "n2", "n3", "n4"] });
});
