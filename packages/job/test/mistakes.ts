/** Mistakes as programs make them, and what is said of them. */
import { type Job, mapConcurrentlySettled, runJobLocal } from "../src/index.ts";
import { quiet, type World } from "./faults/world.ts";

/** What a program in JavaScript may write, where no compiler looks. */
export const untyped = (value: unknown): never => value as never;

/** The messages of jobs that fail, all of one run. */
export async function messagesOf(
  world: World,
  jobs: readonly Job<unknown>[],
  inProcess = false,
): Promise<readonly string[]> {
  const ends = await runJobLocal(
    world.info,
    mapConcurrentlySettled(jobs, (job) => job),
    { ...quiet, inProcess },
  );
  return ends.map((end) =>
    end.status === "rejected"
      ? String(end.reason.message)
      : `nothing was thrown, but there was ${JSON.stringify(end.value)}`,
  );
}
