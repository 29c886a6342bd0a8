/** The Slurm jobs of a program on a login node, from what is told of them. Pure. */
import type { SlurmJobNews } from "../events/slurm-job.ts";
import { addSample, type CallSample } from "./call-rate.ts";

/** A Slurm job, and how it has come to be so. */
export interface SlurmJobProgress {
  /** As it was told last. */
  readonly news: SlurmJobNews;
  /** Since when it is in its state, on the clock of the run's state. */
  readonly sinceAtMs: number;
  /** The reasons for which it has waited so far, this time. */
  readonly waits: ReadonlySet<string>;
  /** The calls within it that have ended, from when it was first told of them. */
  readonly samples: readonly CallSample[];
}

/** The jobs after news that came `atMs`. */
export function nextSlurmJobs(
  jobs: ReadonlyMap<string, SlurmJobProgress>,
  news: SlurmJobNews,
  atMs: number,
): ReadonlyMap<string, SlurmJobProgress> {
  const known = jobs.get(news.call);
  const isSame = known?.news.state === news.state && known.news.jobId === news.jobId;
  return new Map(jobs).set(news.call, {
    news,
    sinceAtMs: isSame ? known.sinceAtMs : atMs - news.forMs,
    waits: withReason(known?.news.jobId === news.jobId ? known.waits : NONE, news),
    samples: withCalls(known?.news.jobId === news.jobId ? known.samples : [], news, atMs),
  });
}

const NONE: ReadonlySet<string> = new Set();

/** When it has run, all reasons are new. */
const withReason = (waits: ReadonlySet<string>, { state, reason }: SlurmJobNews): ReadonlySet<string> => {
  if (state !== "waiting") return NONE;
  return reason === null || waits.has(reason) ? waits : new Set([...waits, reason]);
};

const withCalls = (
  samples: readonly CallSample[],
  { state, calls }: SlurmJobNews,
  atMs: number,
): readonly CallSample[] =>
  state === "running" && calls !== null ? addSample(samples, { atMs, ended: calls.done + calls.failed }) : samples;
