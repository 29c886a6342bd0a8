/** A program's database and those of jobs, which ask it over channels that deliver at once; rows come when the test says so. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, vi } from "vitest";
import type { ClaimChannel, ClaimSession, RemoteArbiter, SendMessages } from "../../src/arbiter.ts";
import { openResults, type ResultsDatabase, type ResultsOptions } from "../../src/index.ts";
import { remoteArbiter } from "../../src/remote-arbiter.ts";
import { type Folder } from "../world.ts";
import { errorTexts } from "./claim-world.ts";

/** A job, with the program's side of it. */
export interface Job {
  readonly results: ResultsDatabase;
  readonly arbiter: RemoteArbiter;
  readonly session: ClaimSession;
  /** How many messages the job sent together, each time. */
  readonly sent: number[];
  /** The program has all rows that the job has. */
  readonly bringRows: () => Promise<void>;
}

/** Opens a database of that name. */
export const open = (folder: Folder, name: string, options: Partial<ResultsOptions> = {}): Promise<ResultsDatabase> =>
  openResults({ path: `${folder.path}/${name}.sqlite`, programId: "prog", ...options });

/** A job that is not connected yet. */
export async function openJob(
  folder: Folder,
  program: ResultsDatabase,
  name: string,
  options: Partial<ResultsOptions> = {},
) {
  const arbiter = remoteArbiter(errorTexts);
  const results = await open(folder, name, { arbiter, ...options });
  const feed = results.exchange.feed(new Map(), () => undefined);
  const bringRows = async (): Promise<void> => {
    for (let batch = feed.next(); batch !== undefined; batch = feed.next())
      await program.exchange.take(batch, { id: name });
  };
  return {
    results,
    arbiter,
    session: program.openClaimSession({ errors: errorTexts, source: name }),
    sent: [],
    bringRows,
  };
}

/** A channel between a job and its session; what is returned cuts it for both. */
export function connect({ arbiter, session, sent }: Job): () => void {
  const ends: ClaimChannel[] = [];
  const send =
    (to: number, count: (messages: number) => void): SendMessages =>
    (messages) => {
      count(messages.length);
      ends[to]?.receive(JSON.parse(JSON.stringify(messages)));
    };
  ends.push(session.connect(send(1, () => undefined)));
  ends.push(arbiter.connect(send(0, (messages) => sent.push(messages))));
  return () => {
    for (const end of ends) end[Symbol.dispose]();
  };
}

/** A function whose calls the test ends by hand. */
export function controlled() {
  const calls: PromiseWithResolvers<string>[] = [];
  const run = () => () => {
    const call = Promise.withResolvers<string>();
    calls.push(call);
    return call.promise;
  };
  return { calls, run };
}

/** What must not be called. */
export const never = () => async (): Promise<never> => expect.fail("it was computed");
/** Waits until something holds. */
export const until = (holds: () => boolean): Promise<unknown> => vi.waitUntil(holds, { interval: 1, timeout: 20_000 });
/** Resolves when all that has been sent has been heard. */
export const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 8; turns += 1) await turn();
};

/** A program with two jobs. */
export async function world(folder: Folder, options: Partial<ResultsOptions> = {}) {
  const stack = new AsyncDisposableStack();
  const program = stack.use(await open(folder, "program", options));
  const one = await openJob(folder, program, "one", options);
  stack.use(one.results);
  const two = await openJob(folder, program, "two", options);
  stack.use(two.results);
  return { program, one, two, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
