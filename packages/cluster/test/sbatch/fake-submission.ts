/** A submission with commands in the place of Slurm's. */
import { vi } from "vitest";
import type { SubmissionRequest } from "../../src/sbatch/sbatch-command.ts";
import type { SubmissionNotice } from "../../src/sbatch/submission-notice.ts";
import { type SubmitOptions, type SubmittedJob, submitJob } from "../../src/sbatch/submit-job.ts";
import { failedWith, FakeSlurm, refuses } from "./fake-slurm.ts";

export const request: SubmissionRequest = {
  name: "q7RkW-3Fa",
  directory: "/jobs/3Fa",
  output: "/jobs/3Fa/output",
  options: {},
  program: ["/opt/node", "head.mjs"],
  scriptFile: "/jobs/3Fa/it's the script",
};

export const BUSY = refuses(failedWith("MaxJobCount limit reached"));
export const LOST = refuses(failedWith("Socket timed out on send/recv operation"));
export const LIMIT = refuses(
  "AssocMaxSubmitJobLimit",
  failedWith("Job violates accounting/QOS policy (job submit limit, ...)"),
);
export const FOUND = "echo 'JOBID|STATE|REASON'; echo '4711|PENDING|None'";
export const NONE = "echo 'JOBID|STATE|REASON'";

/** Submits with these commands in Slurm's place, and with pauses that are no longer than they must be. */
export function submission(answers: Readonly<Record<string, readonly string[]>>, more: Partial<SubmitOptions> = {}) {
  const slurm = new FakeSlurm(answers);
  vi.stubEnv("PATH", slurm.path);
  const notices: SubmissionNotice[] = [];
  const submitted = submitJob(request, {
    signal: new AbortController().signal,
    onNotice: (notice) => void notices.push(notice),
    pauses: { firstMs: 1, longestMs: 4, secondLookMs: 1 },
    ...more,
  });
  return {
    slurm,
    notices,
    submitted,
    kinds: () => notices.map(({ kind }) => kind),
    [Symbol.dispose]: () => slurm[Symbol.dispose](),
  };
}

export const errorOf = (submitted: Promise<SubmittedJob>): Promise<unknown> =>
  submitted.then(
    () => undefined,
    (error: unknown) => error,
  );
