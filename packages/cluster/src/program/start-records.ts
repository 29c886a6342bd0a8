/**
 * How starts of jobs went, on which node: whether a head has reported, or its job failed before. A node on which the same start
 * fails again and again is to be left out, as one that is broken takes job after job; not so where the start fails on other nodes
 * as well: that is the program's own doing. Pure.
 */
import { createHash } from "node:crypto";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";

/** One start of a job. */
export interface StartRecord {
  /** When it was known, in milliseconds since 1970 on this machine's clock; of a head that has reported, when it began. */
  readonly atMs: number;
  /** Of several nodes the one that runs the script, or that was lost. */
  readonly node: string;
  /** What was started, as `startOf` says. */
  readonly start: string;
  readonly jobId: number;
  /** How it failed, the same for equal failures; absent: its head has reported. */
  readonly failure?: string;
}

/** How a start fails whose node is lost: no fault of the program's, on however many nodes. */
export const NODES_OWN_FAILURES: ReadonlySet<string> = new Set(["node-failed", "boot-failed"]);

/** So often the same start fails on a node that is left out then. */
const FAILURES = 2;

/** Nodes are mended: a record of more age counts no longer. */
const RECORD_LIFE_MS = 24 * 3_600_000;
/** No more are kept. */
const MOST_RECORDS = 500;

/** What is the same for all jobs that begin in the same way: the job's name, the program's code, and what decides where and how it starts. */
export function startOf(
  name: string,
  snapshotHash: string,
  { scriptPreamble, partition, constraint }: SbatchOptions,
): string {
  const parts = [name, snapshotHash, scriptPreamble ?? null, partition ?? null, constraint ?? null];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** `records`, the oldest first, with one more; what counts no longer is left out. */
export function withRecord(
  records: readonly StartRecord[],
  record: StartRecord,
  nowMs: number,
): readonly StartRecord[] {
  const same = records.filter(({ start }) => start === record.start);
  const lastFailure = same.findLast(({ failure }) => failure !== undefined);
  // Of starts on a node that went well, the last one says it all.
  const isOutdone = ({ atMs, node, start, failure }: StartRecord): boolean =>
    record.failure === undefined &&
    failure === undefined &&
    node === record.node &&
    start === record.start &&
    atMs > (lastFailure?.atMs ?? Number.NEGATIVE_INFINITY);
  const others = records.filter((each) => nowMs - each.atMs < RECORD_LIFE_MS && !isOutdone(each));
  return [...others, record].toSorted((a, b) => a.atMs - b.atMs).slice(-MOST_RECORDS);
}

/** The nodes that are to be left out, each with the failures that say so; the one that failed last comes first. */
export function brokenNodes(
  records: readonly StartRecord[],
  nowMs: number,
): ReadonlyMap<string, readonly StartRecord[]> {
  const fresh = records.filter(({ atMs }) => nowMs - atMs < RECORD_LIFE_MS);
  const nodes = new Set(fresh.toReversed().map(({ node }) => node));
  const found = [...nodes].map((node) => [node, againstNode(node, fresh)] as const);
  return new Map(found.filter(([, failures]) => failures.length > 0));
}

/** Failures of one start on a node, since a head has reported from there, that are not the program's own. */
function againstNode(node: string, records: readonly StartRecord[]): readonly StartRecord[] {
  const own = records.filter((record) => record.node === node);
  const since = own.slice(own.findLastIndex(({ failure }) => failure === undefined) + 1);
  const byStart = Map.groupBy(
    since.filter((record) => !isProgramsOwn(record, records)),
    ({ start }) => start,
  );
  return [...byStart.values()].find(({ length }) => length >= FAILURES) ?? [];
}

/** Whether the same start failed in the same way on another node, and no head of it reported between the two. */
function isProgramsOwn(record: StartRecord, records: readonly StartRecord[]): boolean {
  if (record.failure === undefined || NODES_OWN_FAILURES.has(record.failure)) return false;
  const same = records.filter(({ start }) => start === record.start);
  const at = same.indexOf(record);
  const until = same.findIndex(({ failure }, i) => i > at && failure === undefined);
  const from = same.findLastIndex(({ failure }, i) => i < at && failure === undefined);
  return same
    .slice(from + 1, until === -1 ? undefined : until)
    .some(({ node, failure }) => node !== record.node && failure === record.failure);
}
