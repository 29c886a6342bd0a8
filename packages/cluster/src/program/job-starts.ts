/**
 * What failed before it had begun, and what follows from that: a node on which that happens again and again is left out, and jobs
 * that begin in the same way are submitted no more in this run where it is not the node. What is known of nodes is in a file
 * beside the job directories, for the next run of the program.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SlurmNoticeKind } from "@hyperion-ts/progress";
import { expandHostlist } from "@hyperion-ts/slurm-env";
import { errorFromData } from "@hyperion-ts/wire";
import { writeWhole } from "@hyperion-ts/own-files";
import type { JobDirectory } from "../directory/job-directory.ts";
import { type HeadRecord, parseRecord } from "../directory/job-record.ts";
import { readOwnBytes } from "../directory/own-bytes.ts";
import type { JobError } from "../job-error.ts";
import { NotSubmittedError } from "../not-submitted-error.ts";
import { type ClusterPartitions, sparableNodes } from "../sbatch/partition-limits.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";
import { isOfThePast, jobError } from "./job-failure.ts";
import { brokenNodes, NODES_OWN_FAILURES, startOf, type StartRecord, withRecord } from "./start-records.ts";
import type { Settled } from "./settled.ts";

/** Ends that say something of how a job begins; who cancels it, or what has a higher priority, says nothing. */
const FAILED_STARTS: ReadonlySet<JobEnd["kind"]> = new Set([
  "failed",
  "completed",
  "node-failed",
  "boot-failed",
  "output-not-openable",
  "out-of-memory",
]);

/** Who is told, and who knows the partitions. */
export interface StartsWorld {
  readonly partitions: ClusterPartitions;
  readonly tell: (kind: SlurmNoticeKind, sentence: string) => void;
}

/** A submission. */
interface Started {
  readonly number: number;
  readonly jobId: number;
}

/** A failed start, the last one of its kind. */
interface Failure extends StartRecord {
  readonly failure: string;
  /** The first one's of those that were alike. */
  readonly first: JobError;
}

/** The starts of one run of a program's jobs. */
export class JobStarts {
  readonly #world: StartsWorld;
  readonly #last = new Map<string, Failure>();
  readonly #stops = new Map<string, AbortController>();
  readonly #told = new Set<string>();
  #records: readonly StartRecord[] | undefined;

  constructor(world: StartsWorld) {
    this.#world = world;
  }

  /** Aborts with a NotSubmittedError when jobs that begin in this way are to be submitted no more. */
  stopOf(start: string): AbortSignal {
    return this.#stopOf(start).signal;
  }

  /** Jobs that begin in this way are submitted again: a person wants it so. */
  forget(start: string): void {
    this.#stops.delete(start);
    this.#last.delete(start);
  }

  /** `options` without the nodes on which jobs fail before they begin; not where they are asked for by name, or there are no others. */
  async withoutBrokenNodes(directory: JobDirectory, options: SbatchOptions): Promise<SbatchOptions> {
    const broken = brokenNodes(this.#recordsOf(directory), Date.now());
    const left = await this.#leavable([...broken.keys()], options);
    if (left.length === 0) return options;
    for (const node of left) this.#tellOf(node, broken.get(node) ?? [], fileOf(directory));
    return { ...options, exclude: [...(options.exclude ?? []), ...left] };
  }

  /** The head of a submission has reported. */
  begun(directory: JobDirectory, number: number, { node, startedAt, slurmJobId }: HeadRecord): void {
    const start = startOfSubmission(directory, number);
    if (start === undefined) return;
    this.#last.delete(start);
    if (node !== undefined) this.#add(directory, { atMs: Date.parse(startedAt), node, start, jobId: slurmJobId });
  }

  /** A submission has ended: where its head had not reported, that is a failed start. */
  async ended(directory: JobDirectory, started: Started, settled: Settled): Promise<void> {
    const start = startOfSubmission(directory, started.number);
    const failure = failureOf(settled);
    if (start === undefined || failure === undefined || settled.kind === "value") return;
    if (directory.head()?.submission === started.number) return;
    const node = nodeOf(directory, settled);
    const record = { atMs: Date.now(), node: node ?? "", start, jobId: started.jobId, failure };
    if (node !== undefined) this.#add(directory, record);
    const goesElsewhere = node !== undefined && (await this.#isLeftOut(directory, started.number, node));
    // Who has started the program again may have mended what failed before.
    if (NODES_OWN_FAILURES.has(failure) || isOfThePast(settled)) return;
    const { last, first } = this.#lastOf(record, () => jobError(settled, directory, started));
    this.#last.set(start, { ...record, first });
    if (last === undefined || (node === last.node && goesElsewhere)) return;
    this.#stop(start, first, started.jobId);
  }

  /** The failure before, where it was the same. */
  #lastOf(
    { start, failure }: Pick<Failure, "start" | "failure">,
    error: () => JobError,
  ): { readonly last?: Failure; readonly first: JobError } {
    const last = this.#last.get(start);
    return last?.failure === failure ? { last, first: last.first } : { first: error() };
  }

  /** Whether the next submission like this one goes elsewhere. */
  async #isLeftOut(directory: JobDirectory, number: number, node: string): Promise<boolean> {
    const { options = {} } = directory.submissions()[number - 1] ?? {};
    return (await this.withoutBrokenNodes(directory, options)).exclude?.includes(node) === true;
  }

  async #leavable(broken: readonly string[], options: SbatchOptions): Promise<readonly string[]> {
    if (broken.length === 0) return [];
    const [named, excluded] = [options.nodelist, options.exclude].map(
      (lists) => new Set((lists ?? []).flatMap((list) => expandHostlist(list))),
    );
    const sparable = sparableNodes(options, await this.#world.partitions.list(), process.env["SBATCH_PARTITION"]);
    const others = broken.filter((node) => named?.has(node) !== true && excluded?.has(node) !== true);
    return others.slice(0, Math.max(0, sparable - (excluded?.size ?? 0)));
  }

  #stop(start: string, first: JobError, lastId: number): void {
    const stop = this.#stopOf(start);
    if (stop.signal.aborted) return;
    const error = new NotSubmittedError(first, [first.site.jobId, lastId]);
    this.#world.tell("stopped", error.message);
    stop.abort(error);
  }

  #stopOf(start: string): AbortController {
    const stop = this.#stops.get(start) ?? new AbortController();
    this.#stops.set(start, stop);
    return stop;
  }

  #tellOf(node: string, failures: readonly StartRecord[], file: string): void {
    if (this.#told.has(node)) return;
    this.#told.add(node);
    const jobs = failures.map(({ jobId }) => jobId).join(" and ");
    this.#world.tell(
      "node",
      `Node ${node} is left out from now on (--exclude=${node}), for a day: Slurm jobs ${jobs} failed there before they had begun. Remove ${file}, and the next run uses it again`,
    );
  }

  #recordsOf(directory: JobDirectory): readonly StartRecord[] {
    const file = fileOf(directory);
    const bytes = this.#records === undefined && existsSync(file) ? readOwnBytes(file) : undefined;
    if (bytes !== undefined) this.#records = parseRecord<readonly StartRecord[]>(bytes.toString(), file);
    return (this.#records ??= []);
  }

  /** While nothing has failed, there is nothing to be kept. */
  #add(directory: JobDirectory, record: StartRecord): void {
    const before = this.#recordsOf(directory);
    this.#records = withRecord(before, record, Date.now());
    if (!this.#records.some(({ failure }) => failure !== undefined)) return;
    try {
      writeWhole(fileOf(directory), JSON.stringify(this.#records, null, 1));
    } catch (error) {
      this.#world.tell("files", `The next run of the program will not know how jobs began: ${String(error)}`);
    }
  }
}

const fileOf = ({ path }: JobDirectory): string => join(dirname(path), "starts.json");

function startOfSubmission(directory: JobDirectory, number: number): string | undefined {
  const submission = directory.submissions()[number - 1];
  return submission && startOf(directory.job.name, submission.snapshot.hash, submission.options);
}

/** How it failed, if it did: the same words for equal failures. */
function failureOf(settled: Settled): string | undefined {
  switch (settled.kind) {
    case "value":
      return undefined;
    case "error": {
      const thrown = errorFromData(settled.error);
      return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    }
    case "ended": {
      const { end, interruption } = settled;
      if (interruption !== undefined || !FAILED_STARTS.has(end.kind)) return undefined;
      return end.kind === "failed" ? `failed ${end.exitCode}:${end.signal}` : end.kind;
    }
    default:
      return settled satisfies never;
  }
}

/** Where it failed; undefined where it may have been any of several nodes. */
function nodeOf(directory: JobDirectory, settled: Settled): string | undefined {
  if (settled.kind !== "ended") return directory.outcome()?.node;
  const { end } = settled;
  const lost = end.kind === "node-failed" ? end.failedNodes : end.kind === "boot-failed" ? end.nodes : undefined;
  // The first one runs the script.
  return lost === undefined || lost.length === 1 ? (lost ?? end.nodes)[0] : undefined;
}
