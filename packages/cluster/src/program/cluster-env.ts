/** The environment of a program that calls whole Slurm jobs. (Hyperion: Cluster, ClusterEnv) */
import type {
  HasEvents,
  HasLauncher,
  HasProgramInfo,
  HasSignal,
  HasWorkers,
  Job,
  JobEnv,
  ResultsDatabase,
} from "@hyperion-ts/job";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { JobLauncher, OnFailure } from "./job-launcher.ts";

/** Where calls of jobs go, and what each of them asks Slurm for. */
export interface HasJobs {
  /** Runs a job somewhere. Absent in the environment of a job: what it calls runs on its own CPUs. */
  readonly jobLauncher: JobLauncher;
  /** What the next jobs ask Slurm for; see `setJobTime` and its kin. */
  readonly sbatchOptions: SbatchOptions;
  /** What becomes of the next jobs that fail; see `setOnFailure`. Default: `"hold"`. */
  readonly onFailure?: OnFailure;
}

/**
 * The environment of a program on a login node. Its `taskLauncher` finds workers by sbatch: `remoteEval` of a plain
 * function is a Slurm job of its own there. On one machine, and inside of an allocation, calls go to the CPUs that are there.
 */
export interface ClusterEnv extends HasProgramInfo, HasSignal, HasLauncher, HasEvents, HasJobs {
  /** The program's results database. */
  readonly results: ResultsDatabase;
  /** Writes a line into the program's log file. */
  readonly log: (message: string) => void;
}

/** A computation that calls Slurm jobs, and gives an `A`. */
export type Cluster<A> = Job<A, ClusterEnv>;

/** What `remoteEvalJob` needs: a program's environment, or a job's own. */
export type HasJobsOrCpus = (HasWorkers & HasJobs) | (JobEnv & HasWorkers & { readonly jobLauncher?: undefined });
