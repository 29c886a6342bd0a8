/** What is told of a submission while it goes on. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import type { SbatchRefusal } from "./sbatch-answer.ts";

/** Something that a person may want to know; `text` says it in a sentence or two. */
export type SubmissionNotice =
  /** No partition that the job may go to can give what it asks for. It is submitted all the same. */
  | { readonly kind: "never-runs"; readonly text: string }
  /** What sbatch, a plugin or a program of the site printed beside the job's number. */
  | { readonly kind: "site-message"; readonly text: string }
  /** The job was not taken; another attempt follows after `pauseMs`, or, at a limit of one's own, when a job has ended. */
  | {
      readonly kind: "waiting";
      readonly text: string;
      readonly refusal: SbatchRefusal;
      /** How often it was tried so far. */
      readonly attempts: number;
      readonly pauseMs: number;
    }
  /** sbatch's answer was lost, and the job is looked for by its name, now or after `pauseMs`. */
  | { readonly kind: "looking"; readonly text: string; readonly pauseMs: number }
  /** It was found: it is the one that was submitted. */
  | { readonly kind: "found"; readonly text: string; readonly jobId: SlurmJobId }
  /** Nobody wants the job any more, and it was taken back. */
  | { readonly kind: "cancelled"; readonly text: string; readonly jobId: SlurmJobId }
  /** Nobody wants the job any more, and Slurm may have it: the text says how to take it back. */
  | { readonly kind: "left"; readonly text: string };
