/**
 * The head of a Slurm job: runs the job of a job directory on all that Slurm gives it, with a results database of its own
 * there, and writes how that ended. It needs nobody: the program that submitted it may be gone.
 */
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import {
  type HasSignal,
  InterruptedError,
  type Job,
  type JobEnv,
  local,
  type ProgramInfo,
  remoteEval,
  type RemoteFunction,
  ResultsError,
  runJobSlurm,
  setTask,
} from "@hyperion-ts/job";
import { type AnyRemoteFunction, checkOutput, findRemote, parseInput } from "@hyperion-ts/remote";
import { encodeValue, errorToData } from "@hyperion-ts/wire";
import type { SharesFolder } from "../across-jobs.ts";
import { bellOf, ring } from "../directory/bell.ts";
import { JobDirectory } from "../directory/job-directory.ts";
import type { Submission } from "../directory/job-record.ts";
import type { Outcome } from "../directory/outcome.ts";
import { loadSnapshot } from "../snapshot/load-snapshot.ts";
import { HeadReport } from "./head-report.ts";
import { ProgramLink } from "./program-link.ts";

const INPUT_LOOK_MS = 1_000;

/** What Slurm is told of each end; 75 is EX_TEMPFAIL of sysexits.h: try again. */
const EXIT_CODES = { value: 0, error: 1, interrupted: 75 } as const satisfies Record<Outcome["kind"], number>;

/**
 * Runs the job of the directory at `path` as its submission `number`, from 1 on; resolves with the exit code.
 *
 * @throws Error where there is no such submission; what a directory that can't be used is refused with
 */
export async function runHead(path: string, number: number): Promise<number> {
  const directory = JobDirectory.open(path);
  const submission = directory?.submissions()[number - 1];
  if (directory === undefined || submission === undefined) throw new Error(`${path} has no submission ${number}`);
  // Slurm also starts a job again that was done when its node was lost. One that was interrupted goes on.
  const earlier = directory.outcome();
  if (earlier?.submission === number && earlier.outcome.kind !== "interrupted") return EXIT_CODES[earlier.outcome.kind];
  directory.removeOutcome();
  using link = await ProgramLink.open(directory, number);
  const outcome = await outcomeOf(directory, submission, number, link);
  const signed = { id: directory.job.id, submission: number, node: process.env["SLURMD_NODENAME"], outcome };
  directory.writeOutcome(signed);
  ring(bellOf(directory.path));
  await link.lastWord(signed);
  return EXIT_CODES[outcome.kind];
}

async function outcomeOf(
  directory: JobDirectory,
  submission: Submission,
  number: number,
  link: ProgramLink,
): Promise<Outcome> {
  try {
    await loadSnapshot(submission.snapshot.file, submission.snapshot.hash);
    const value = await runInAllocation(directory, submission, number, link);
    // A value that can't travel is the job's failure.
    encodeValue(value);
    return { kind: "value", value };
  } catch (error) {
    // Another head has this directory: how it ends is for that one to say.
    if (error instanceof ResultsError && error.code === "locked") throw error;
    if (error instanceof InterruptedError)
      return { kind: "interrupted", signal: error.signal, timeIsUp: error.timeIsUp, error: errorToData(error) };
    // What comes of the job counts no more, and a later run may begin it again.
    if (link.unwanted.aborted)
      return { kind: "interrupted", signal: "abort", timeIsUp: false, error: errorToData(link.unwanted.reason) };
    console.error(error);
    return { kind: "error", error: errorToData(error) };
  }
}

async function runInAllocation(
  directory: JobDirectory,
  { programId }: Submission,
  number: number,
  link: ProgramLink,
): Promise<unknown> {
  const { dataDir, name, database } = directory.job;
  const info: ProgramInfo = { id: programId, database: directory.database, logDir: directory.logDir, dataDir };
  const fn = findRemote(name);
  if (fn === undefined)
    throw new Error(`The program's snapshot defines no job and no remote function of the name ${JSON.stringify(name)}`);
  using report = new HeadReport(directory, { submission: number, host: hostname(), pid: process.pid }, link);
  const job = jobOf(fn, directory);
  const served: Job<unknown> = async (env) => {
    link.serve(env.results, async (question) => {
      // Not before a person asks.
      const { askRunIn } = await import("@hyperion-ts/control");
      return await askRunIn(info.logDir, question);
    });
    // Its holds would be where no person looks: the job as a whole is held.
    return await job({ ...env, callHolder: undefined });
  };
  return await runJobSlurm(info, served, {
    progress: "plain",
    signal: link.unwanted,
    onEvent: ({ event }) => report.hear(event),
    results: { behind: database, arbiter: link.arbiter },
  });
}

/** A job runs as it is, a remote function in one call. */
function jobOf(fn: AnyRemoteFunction, directory: JobDirectory): Job<unknown> {
  const { call } = directory.job;
  if (call.kind === "function")
    return async (env) =>
      await local(
        setTask({ ...call.taskOptions, cpus: call.taskCpus }),
        remoteEval(asRemote(fn), await inputOf(directory, env)),
      )(env);
  const run = fn.run as unknown as (input: unknown) => Job<unknown>;
  const { dataDir, ownDataDir = dataDir } = directory.job;
  return async (env) => {
    const shared: JobEnv & SharesFolder = { ...env, ownDataDir };
    return await checkOutput(fn, await run(await parseInput(fn, await inputOf(directory, env)))(shared));
  };
}

/** It was found by its name: the types of its input and output are the schemas'. */
const asRemote = (fn: AnyRemoteFunction): RemoteFunction => fn as unknown as RemoteFunction;

/** The program computes some inputs only when it sees that their job has begun. */
async function inputOf(directory: JobDirectory, { signal }: HasSignal): Promise<unknown> {
  for (;;) {
    const input = directory.input();
    if (input !== undefined) return input.value;
    await pause(INPUT_LOOK_MS, undefined, { signal });
  }
}
