/** What an id of a run names: a call, a failure, a worker, a Slurm job or a held call. Ids of each kind look different, but those of calls and Slurm jobs. */
import {
  type CallReport,
  ControlError,
  type FailureReport,
  type RunReport,
  type RunView,
  type SlurmJobReport,
  type WorkerReport,
} from "@hyperion-ts/control";
import type { Hold } from "@hyperion-ts/holds";

/** What was found. */
export type Thing =
  | { readonly kind: "call"; readonly call: CallReport }
  | { readonly kind: "failure"; readonly failure: FailureReport }
  | { readonly kind: "worker"; readonly worker: WorkerReport }
  | { readonly kind: "job"; readonly job: SlurmJobReport }
  | { readonly kind: "hold"; readonly hold: Hold };

const MOST_CALLS = 10_000;
const MOST_NAMED = 8;

/** @throws ControlError `not-found`, which names the ids that are most like it; what the run says where it can't be asked for a call */
export async function findThing(view: RunView, id: string): Promise<Thing> {
  const report = await view.report();
  const hold = (await view.holds()).find((hold) => hold.id === id);
  if (hold !== undefined) return { kind: "hold", hold };
  const job = report.slurmJobs.find(({ jobId, call }) => String(jobId) === id || call === id);
  if (job !== undefined) return { kind: "job", job };
  const failure = (await view.failures()).find((failure) => failure.id === id);
  if (failure !== undefined) return { kind: "failure", failure };
  const worker = (await view.workers()).find((worker) => worker.id === id);
  if (worker !== undefined) return { kind: "worker", worker };
  try {
    return { kind: "call", call: await view.call(id) };
  } catch (error) {
    if (!(error instanceof ControlError) || report.toldBy === "log")
      throw await withWhatThereIs(view, report, id, error);
    if (error.code !== "not-found") throw error;
    throw await withWhatThereIs(view, report, id, error);
  }
}

async function withWhatThereIs(view: RunView, report: RunReport, id: string, error: unknown): Promise<unknown> {
  const ids = [
    ...report.slurmJobs.map(({ jobId, call }) => String(jobId ?? call)),
    ...(await view.holds()).map((hold) => hold.id),
    ...(await view.failures()).map((failure) => failure.id),
    ...(await view.workers()).map((worker) => worker.id),
    ...(await openCalls(view)).map((call) => call.id),
  ];
  const why = error instanceof ControlError && error.code !== "not-found" ? ` (${error.message})` : "";
  const named = ids.toSorted((a, b) => distance(id, a) - distance(id, b)).slice(0, MOST_NAMED);
  const there = named.length === 0 ? "" : `. There are: ${named.join(", ")}${ids.length > named.length ? ", ..." : ""}`;
  return new ControlError("not-found", `Run ${report.run.id} has no ${id}${why}${there}`, { cause: error });
}

const openCalls = async (view: RunView): Promise<readonly CallReport[]> => {
  try {
    return (await view.calls(MOST_CALLS)).calls;
  } catch (error) {
    if (error instanceof ControlError) return [];
    throw error;
  }
};

/** How many letters have to be changed, added or removed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries())
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
