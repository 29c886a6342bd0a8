/** What the jobs that an action calls ask Slurm for: changes of the environment, for `local`. (Hyperion: setJobTime and its kin) */
import type { HasLauncher } from "@hyperion-ts/job";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { HasJobs } from "./cluster-env.ts";
import type { OnFailure } from "./job-launcher.ts";

type Change = <E extends HasJobs & HasLauncher>(env: E) => E;

/**
 * Changes options of sbatch; the others stay. An option that is null is left out, also where it has a default.
 *
 * @example
 * local(changeJobOptions({ partition: "long", mem: { gigabytes: 16 } }), remoteEvalJob(rootsJob, input))
 */
export const changeJobOptions =
  (changes: SbatchOptions): Change =>
  (env) =>
    setJobOptions({ ...env.sbatchOptions, ...changes })(env);

/** Changes options of sbatch by those that there are. (Hyperion: modifyJobOptions) */
export const modifyJobOptions =
  (modify: (options: SbatchOptions) => SbatchOptions): Change =>
  (env) =>
    setJobOptions(modify(env.sbatchOptions))(env);

/** Replaces all options of sbatch. (Hyperion: setJobOptions) */
export const setJobOptions =
  (options: SbatchOptions): Change =>
  (env) => ({ ...env, sbatchOptions: options, taskLauncher: env.jobLauncher.tasks(options, env.onFailure) });

/**
 * Whether jobs that fail are held until a person has decided, or reject at once, for a program that handles failures itself.
 *
 * @example
 * local(setOnFailure("reject"), mapConcurrentlySettled(inputs, (input) => remoteEvalJob(rootsJob, input)))
 */
export const setOnFailure =
  (onFailure: OnFailure): Change =>
  (env) => ({ ...env, onFailure, taskLauncher: env.jobLauncher.tasks(env.sbatchOptions, onFailure) });

/** How long a job may run, e.g. `{ hours: 2 }`. */
export const setJobTime = (time: NonNullable<SbatchOptions["time"]>): Change => changeJobOptions({ time });

/** The memory of each node, e.g. `{ gigabytes: 8 }`. */
export const setJobMemory = (mem: NonNullable<SbatchOptions["mem"]>): Change => changeJobOptions({ mem });

/** How many nodes, and how many tasks of one CPU (unless `cpusPerTask` says otherwise) on each. (Hyperion: MPIJob) */
export const setJobType = (type: { readonly nodes: number; readonly nTasksPerNode: number }): Change =>
  changeJobOptions(type);

/** The partition. */
export const setSlurmPartition = (partition: string): Change => changeJobOptions({ partition });

/** Features that nodes must have. */
export const setSlurmConstraint = (constraint: string): Change => changeJobOptions({ constraint });

/** The account that pays. */
export const setSlurmAccount = (account: string): Change => changeJobOptions({ account });

/** The quality of service. */
export const setSlurmQos = (qos: string): Change => changeJobOptions({ qos });
