/** The held calls of one run of a program: what is known of a failure, and what would help, in a file that a person decides on. */
import { basename, dirname } from "node:path";
import { createHash } from "node:crypto";
import { InterruptedError } from "@hyperion-ts/job";
import { failureText } from "@hyperion-ts/job/program";
import {
  changesText,
  type Decision,
  heldCall,
  type HeldFailure,
  type Hold,
  type HoldDesk,
  holdDesk,
  HoldFiles,
  holdLine,
  HoldNotice,
  type HoldPlace,
  RunHolds,
} from "@hyperion-ts/holds";
import type { JobDirectory } from "../directory/job-directory.ts";
import { JobError } from "../job-error.ts";
import { checkSbatchOptions } from "../sbatch/check-sbatch-options.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import { readOutputTail } from "../slurm/output-tail.ts";
import { blamesAssociation } from "./refusal-remedies.ts";
import { callWords } from "./call-words.ts";
import { changedOptions } from "./changed-options.ts";
import { type CallFailure, causeOf, type HoldCause, reasonOf, summaryOf } from "./hold-cause.ts";
import { remedyOf } from "./remedies.ts";
import { askAssociations, type Site } from "./site.ts";
import type { SlurmJobs } from "./slurm-jobs.ts";

/** Of what a job printed last so many lines are in its hold. */
const SHOWN_LINES = 10;
/** Of an error that was thrown. */
const MOST_WORDS = 12;

/** The holds of one run. */
export class JobHolds {
  /** What a person can ask, and decide. */
  readonly desk: HoldDesk;
  readonly #book: RunHolds;
  readonly #jobs: SlurmJobs;

  /** `onHold`: a program and its arguments, run for each hold. */
  constructor(jobs: SlurmJobs, onHold: readonly string[] | undefined) {
    this.#jobs = jobs;
    const notice = onHold && new HoldNotice(onHold, (sentence) => jobs.warn("hold", sentence));
    this.#book = new RunHolds(new HoldFiles(dirname(jobs.env.programInfo.database)), {
      onHold: (hold) => notice?.tell(hold),
      check: (_hold, changes) => checkSbatchOptions("hyperion retry", changedOptions({}, changes)),
    });
    this.desk = holdDesk(this.#book);
  }

  /** The hold of a call, as an earlier run or try has left it. */
  find(directory: JobDirectory): Hold | undefined {
    return this.#book.find(keyOf(directory));
  }

  /** The call is held no longer. */
  end(directory: JobDirectory): void {
    this.#book.end(keyOf(directory));
  }

  /** Whether the program, or what its call asks for, has changed since it was held. */
  async isOutdated({ version }: Hold, wanted: SbatchOptions): Promise<boolean> {
    return version !== (await this.#version(wanted));
  }

  /** Writes a failure down. `asked`: what the job had asked for; `wanted`: what the program wants for it. */
  async add(
    directory: JobDirectory,
    error: CallFailure,
    { asked, wanted }: { readonly asked: SbatchOptions; readonly wanted: SbatchOptions },
  ): Promise<Hold> {
    const hasBegun = directory.head()?.submission === directory.submissions().length;
    const cause = causeOf(error, hasBegun);
    const where = placeOf(directory, error);
    const input = directory.input();
    const failure: HeldFailure = {
      kind: "job",
      key: keyOf(directory),
      name: directory.job.name,
      input: input === undefined ? "" : callWords(input.value),
      where,
      reason: reasonOf(cause),
      summary: summaryOf(cause, where.node),
      why: whyOf(error),
      lastLines: linesOf(directory, error),
      version: await this.#version(wanted),
      remedy: remedyOf(cause, asked, await this.#site(cause)),
    };
    return this.#book.add(failure);
  }

  /** Waits for the person. @throws the signal's reason */
  async wait(directory: JobDirectory, hold: Hold, signal: AbortSignal): Promise<Decision> {
    this.#jobs.reports.tell(directory, {
      state: "held",
      jobId: hold.where.jobId,
      nodes: [],
      sentence: holdLine(hold),
      hold: hold.id,
    });
    try {
      return await this.#book.wait(hold, signal);
    } catch (error) {
      // A program that is interrupted leaves its holds to its next run.
      if (!(error instanceof InterruptedError))
        this.#jobs.reports.tell(directory, { state: "cancelled", end: "cancelled" });
      throw error;
    }
  }

  /** The program is done: of holds of calls that it does not make any more a person is told, and those that were given up go. */
  finish(isCalled: (key: string) => boolean): void {
    for (const hold of this.desk.list()) {
      if (hold.kind !== "job" || isCalled(hold.key)) continue;
      if (hold.verdict?.kind === "cancel") this.#book.end(hold.key);
      else
        this.#jobs.warn(
          "not-called",
          `This run did not call ${heldCall(hold)}, which an earlier one has held as ${hold.id}: hyperion cancel ${hold.id} gives it up, with the next run`,
        );
    }
  }

  /** Says what becomes of a hold that an earlier run has left. */
  tell(hold: Hold, what: string): void {
    const changed = changesText(hold.changes);
    this.#jobs.warn("hold", `${heldCall(hold)}, held as ${hold.id}, ${what}${changed === "" ? "" : ` (${changed})`}`);
  }

  /** The code of the program, and what it asks for: with others the failure may not come again. */
  async #version(wanted: SbatchOptions): Promise<string> {
    const { hash } = await this.#jobs.snapshot();
    return createHash("sha256")
      .update(JSON.stringify([hash, wanted]))
      .digest("hex")
      .slice(0, 16);
  }

  async #site(cause: HoldCause): Promise<Site> {
    const { partitions } = this.#jobs;
    const asksWho = cause.kind === "refused" && blamesAssociation(cause.words);
    const { accounts, qos } = asksWho ? await askAssociations() : { accounts: [], qos: [] };
    return { partitions: await partitions.list(), ownPartition: process.env["SBATCH_PARTITION"], accounts, qos };
  }
}

/** The name of its directory is the same in each run. */
const keyOf = ({ path }: JobDirectory): string => basename(path);

function placeOf(directory: JobDirectory, error: CallFailure): HoldPlace {
  if (!(error instanceof JobError)) return { jobId: null, node: null, log: null };
  const { failure, site } = error;
  const nodes = "end" in failure ? failure.end.nodes : [];
  const node = nodes.length > 0 ? nodes.slice(0, 8).join(",") : (directory.outcome()?.node ?? null);
  return { jobId: site.jobId, node, log: directory.output };
}

/** The first line stands for all in a list. */
function whyOf(error: CallFailure): string {
  if (!(error instanceof JobError)) return error.message;
  const { failure, cause, site } = error;
  if (failure.kind === "ended") return failure.end.sentence;
  if (failure.kind === "time-is-up")
    return `Slurm job ${site.jobId} came to the end of its time, and has ended in order.`;
  return failureText(cause).split("\n").slice(0, MOST_WORDS).join("\n");
}

function linesOf({ output }: JobDirectory, error: CallFailure): readonly string[] {
  // What was thrown is told by its words, and its inspection would be the end of the output.
  if (!(error instanceof JobError) || error.failure.kind === "threw") return [];
  const { failure } = error;
  if ("end" in failure && failure.end.lastLines.length > 0) return failure.end.lastLines.slice(-SHOWN_LINES);
  const printed = readOutputTail(output)?.trimEnd() ?? "";
  return printed === "" ? [] : printed.split("\n").slice(-SHOWN_LINES);
}
