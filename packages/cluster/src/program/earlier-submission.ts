/** The Slurm job of a submission of an earlier run of the program that was killed before it knew whether Slurm has it. */
import { pause } from "@hyperion-ts/bounds";
import type { Submission } from "../directory/job-record.ts";
import { findSubmitted, type FoundJob } from "../sbatch/find-submitted.ts";

/** Between two looks while Slurm gives no answer. */
const FIRST_LOOK_MS = 5_000;
const LONGEST_LOOK_MS = 60_000;
/** A submission of less age may still be on its way to the controller, and is looked for again after so long. */
const YOUNG_MS = 120_000;
const SECOND_LOOK_MS = 30_000;

/**
 * Its job; undefined where Slurm is certain to have none: an sbatch outlives its program, and a busy controller takes its job a
 * while later, so a young one is looked for again. `tell` says why it takes long.
 *
 * @throws the signal's reason
 */
export async function earlierSubmission(
  { slurmName, submittedAt, cluster }: Pick<Submission, "slurmName" | "submittedAt" | "cluster">,
  tell: (sentence: string) => void,
  signal: AbortSignal,
): Promise<FoundJob | undefined> {
  const ageMs = Math.abs(Date.now() - Date.parse(submittedAt));
  let looksLeft = ageMs < YOUNG_MS ? 2 : 1;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, LONGEST_LOOK_MS)) {
    const look = await findSubmitted(slurmName, cluster);
    if (look.kind === "found") return look.jobs[0];
    if (look.kind === "not-there") {
      looksLeft -= 1;
      if (looksLeft === 0) return undefined;
      await pause(SECOND_LOOK_MS, signal);
      continue;
    }
    tell(`${look.words}\nThe job ${slurmName} is looked for again`);
    await pause(wait, signal);
  }
}
