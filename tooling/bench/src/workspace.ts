/** Runs of jobs, and what they need, in folders that are gone afterwards. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Job, programInfo, runJobLocal, type RunLocalOptions } from "@hyperion-ts/job";

/** All questions are about two workers: that is what figures of other systems are known for. */
export const CPUS = 2;

/** Runs `job` on two CPUs of this machine, without a progress display. */
export const runOnTwoCpus = <A>(job: Job<A>, options: RunLocalOptions = {}): Promise<A> =>
  withFolder((dir) => runJobLocal(programInfo(dir), job, { cpus: CPUS, progress: "none", ...options }));

/** Hands `use` an empty folder and removes it afterwards. */
export async function withFolder<A>(use: (dir: string) => Promise<A>): Promise<A> {
  const dir = await mkdtemp(join(tmpdir(), "hyperion-bench-"));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
