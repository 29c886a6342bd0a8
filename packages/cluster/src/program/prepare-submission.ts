/** A submission as it is written down before it is made: what sbatch gets, and what the head of its job finds. */
import type { ProgramId } from "@hyperion-ts/job";
import { newServiceId } from "@hyperion-ts/wire";
import type { JobDirectory } from "../directory/job-directory.ts";
import { sbatchCommand, showCommand, type SubmissionRequest } from "../sbatch/sbatch-command.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { Snapshot } from "../snapshot/make-snapshot.ts";

/** What a call is submitted with. */
export interface Submitting {
  readonly programId: ProgramId;
  readonly options: SbatchOptions;
  readonly snapshot: Snapshot;
  /** The cluster, where it is not the one that Slurm's commands are on. */
  readonly cluster: string | undefined;
  /** How it has ended before it began: it is only shown. Absent: it is to be made. */
  readonly end?: string;
}

/** A submission that is written down. */
export interface PreparedSubmission {
  /** Its number in the directory, from 1 on. */
  readonly number: number;
  readonly request: SubmissionRequest;
}

/** So that errors of the program's code name its sources, from which the snapshot was made. */
const HEAD_OPTIONS = ["--enable-source-maps", "--disable-sigusr1"];

/**
 * Writes the next submission of a directory down, with its script and its command beside it, for a person to try.
 *
 * @throws TypeError and RangeError for options that can't be right, as `sbatchCommand`; the file system's error
 */
export function prepareSubmission(
  directory: JobDirectory,
  { programId, options, snapshot: { file, hash, headProgram, functionHashes }, cluster, end }: Submitting,
): PreparedSubmission {
  const number = directory.submissions().length + 1;
  const request: SubmissionRequest = {
    name: `${programId}-${newServiceId()}`,
    directory: directory.path,
    output: directory.output,
    options,
    program: [process.execPath, ...HEAD_OPTIONS, headProgram, directory.path, String(number)],
    scriptFile: directory.script,
  };
  const { argv, script } = sbatchCommand(request);
  directory.writeScript(script, `${showCommand(argv)} < ${showCommand([directory.script])}\n`);
  directory.add({
    slurmName: request.name,
    programId,
    submittedAt: new Date().toISOString(),
    options,
    snapshot: { file, hash },
    codeHash: functionHashes[directory.job.name],
    cluster,
    ...(end === undefined ? {} : { end }),
  });
  return { number, request };
}
