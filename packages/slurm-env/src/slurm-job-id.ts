/** Slurm's number of a job. A type of its own, so that it can't be confused with a task's or a step's. */
import type { Brand } from "./brand.ts";
import { SlurmEnvError } from "./slurm-env-error.ts";

/** Slurm's number of a job, as in `scancel 4711`. */
export type SlurmJobId = Brand<number, "SlurmJobId">;

/**
 * `id`, checked to be a job's id.
 *
 * @throws SlurmEnvError `malformed` when it is no whole number from 1 on
 */
export function parseSlurmJobId(id: number): SlurmJobId {
  if (!isSlurmJobId(id))
    throw new SlurmEnvError("malformed", `${id} can't be the id of a Slurm job: those are whole numbers from 1 on.`);
  return id;
}

const isSlurmJobId = (id: number): id is SlurmJobId => Number.isSafeInteger(id) && id >= 1;
