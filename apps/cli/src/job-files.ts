/** Where the files of a Slurm job are: in its directory, which is put aside when its value has been taken. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ControlError, eventLog, type SlurmJobReport } from "@hyperion-ts/control";

/** The file that Slurm writes what the job prints into; it is there when the job has begun. */
export const outputOf = (job: SlurmJobReport): string => join(directoryOf(job), "output");

/** The log of its head; it is there when that has begun. */
export const headLogOf = (job: SlurmJobReport): string => eventLog(join(directoryOf(job), "logs"));

/** Whether its head has written down how it ended, which it does last. */
export const hasOutcome = (job: SlurmJobReport): boolean => existsSync(join(directoryOf(job), "outcome"));

/** As a person names it. */
export const nameOf = ({ jobId, call }: SlurmJobReport): string => String(jobId ?? call);

/** @throws ControlError `not-found` where the run has not told of one */
function directoryOf(job: SlurmJobReport): string {
  const directory = job.directory ?? null;
  if (directory === null)
    throw new ControlError("not-found", `Run and log do not tell where the files of Slurm job ${nameOf(job)} are`);
  const aside = join(dirname(directory), "ended", job.call);
  return existsSync(aside) ? aside : directory;
}
