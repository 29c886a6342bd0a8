/**
 * A program and its jobs, each with a database in memory whose claims are the real ones. Nothing happens by itself: messages,
 * rows, commits and computations wait for `steps` to be run, in any order, and channels may be cut. Rows come to the program by
 * a way of their own, in order, which is never cut, as files do.
 */
import { setImmediate as turn } from "node:timers/promises";
import { z } from "zod";
import type { ClaimSession, RemoteArbiter } from "../../src/arbiter.ts";
import { DatabaseClaimSession } from "../../src/claim-session.ts";
import { keyValMap, memoizeWithMap } from "../../src/index.ts";
import { loadMapRows } from "../../src/load-map-rows.ts";
import { remoteArbiter } from "../../src/remote-arbiter.ts";
import { MAP, Place, type Row, type Step, Wire } from "./places.ts";

// With the first call it would take more turns of the event loop than a world waits.
await loadMapRows();

export const map = keyValMap(MAP, z.number(), z.string());

/** Errors as JSON: their message is all that tests look at. */
export const errorTexts = {
  toData: (error: unknown): unknown => (error instanceof Error ? error.message : "no error"),
  fromData: (data: unknown): unknown => new Error(String(data)),
};

/** A call of a key's value in the program (place 0) or a job (from 1 on). */
export interface Call {
  readonly place: number;
  readonly key: number;
  readonly code: "any" | "same";
  /** How it ends where it is this call that computes. */
  readonly computes: "value" | "error";
}

/** What became of a call; "lost": its job was killed. */
export type CallEnd =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "lost" };

/** A computation that has begun. */
export interface Computation {
  readonly place: number;
  readonly key: number;
  readonly name: string;
}

/** A job, and the program's side of it. */
interface Job {
  readonly place: Place;
  readonly arbiter: RemoteArbiter;
  readonly session: ClaimSession;
  readonly rows: Row[];
  readonly wires: Set<Wire>;
}

export class ClaimWorld {
  readonly program = new Place(0, undefined, (row) => this.#committed(row));
  readonly jobs: readonly Job[];
  readonly computations: Computation[] = [];
  /** The values of today's code that were committed, by key. */
  readonly committed: { readonly key: number; readonly value: string }[] = [];
  readonly ends = new Map<Call, CallEnd>();
  readonly aborted = new Set<Call>();

  /** `oldKeys` have a value in the program's database that other code has computed. */
  constructor(jobs: number, oldKeys: readonly number[]) {
    for (const key of oldKeys)
      this.program.write({
        key: `${key}`,
        value: '"old"',
        codes: new Map([["f", "before"]]),
        isOfToday: false,
      });
    this.jobs = Array.from({ length: jobs }, (_, i) => this.#job(i + 1));
  }

  /** Whether nobody has a claim. */
  get isQuiet(): boolean {
    const places = [this.program, ...this.jobs.map(({ place }) => place)].filter(({ isKilled }) => !isKilled);
    return Array.from({ length: 10 }, (_, key) => `${key}`).every((key) =>
      places.every(({ claims }) => !claims.isClaimed(map.name, key)),
    );
  }

  /** What can happen now without any fault. */
  steps(): readonly Step[] {
    return [this.program, ...this.jobs].flatMap((each) =>
      each instanceof Place
        ? [...each.steps()]
        : [...each.place.steps(), ...[...each.wires].flatMap((wire) => [...wire.steps()]), ...this.#rowsOf(each)],
    );
  }

  /** All that the last step has set off within the processes has happened when it resolves. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 3; turns += 1) await turn();
  }

  /** Begins a call. */
  begin(call: Call): void {
    const place = this.#place(call.place);
    if (place.isKilled) return void this.ends.set(call, { kind: "lost" });
    const controller = new AbortController();
    const caller = {
      signal: controller.signal,
      lose: () => this.ends.set(call, { kind: "lost" }),
      abort: () => {
        this.aborted.add(call);
        controller.abort(new Error("aborted"));
      },
    };
    place.calls.add(caller);
    const end = (ended: CallEnd): void => {
      if (place.calls.delete(caller) && !place.isKilled) this.ends.set(call, ended);
    };
    const compute = () => (env: { readonly signal?: AbortSignal }) => this.#compute(place, call, env.signal);
    memoizeWithMap(map, compute, call.key, { code: call.code })({
      results: place.store,
      signal: caller.signal,
    }).then(
      (value) => end({ kind: "value", value }),
      (error: unknown) => end({ kind: "error", message: error instanceof Error ? error.message : "no error" }),
    );
  }

  /** Cancels a call that is under way. */
  abort(number: number): void {
    const { calls } = this.#place(number);
    [...calls][0]?.abort();
  }

  /** A new channel, where the job and the last one are not dead; it may be that the program still has the last one. */
  connect({ place, arbiter, session, wires }: Job): void {
    if (place.isKilled || [...wires].some(({ ends }) => ends.has("job"))) return;
    const wire = new Wire();
    wires.add(wire);
    wire.ends.set("job", arbiter.connect(wire.send(wire.toProgram)));
    wire.ends.set("program", session.connect(wire.send(wire.toJob)));
  }

  /** Cuts the channel of a job. */
  cut({ wires }: Job): void {
    for (const wire of wires) wire.cut();
  }

  /** The program takes a job for lost, which may be wrong. */
  release({ session }: Job): void {
    session.release();
  }

  /** The job is dead; what it has committed will come. */
  kill(job: Job): void {
    const { place } = job;
    place.isKilled = true;
    place.commits.length = 0;
    place.running.clear();
    for (const { lose } of place.calls) lose();
    place.calls.clear();
    this.cut(job);
    for (const wire of job.wires) wire.ends.delete("job");
  }

  /** A job that has nothing more to do ends. */
  leave(job: Job): void {
    const { place } = job;
    if (place.isKilled || place.calls.size > 0 || place.commits.length > 0) return;
    place.isKilled = true;
    this.jobEnded(job);
    for (const wire of job.wires) wire.ends.delete("job");
  }

  /** How often a job was told that it is the sole one. */
  get soleCount(): number {
    return this.jobs.flatMap(({ wires }) => [...wires]).reduce((sum, wire) => sum + wire.soleCount, 0);
  }

  /** The program takes a job for ended: all of its rows come first. */
  jobEnded(job: Job): void {
    this.cut(job);
    while (job.rows.length > 0) for (const step of this.#rowsOf(job)) step();
    job.session[Symbol.dispose]();
  }

  #job(number: number): Job {
    const arbiter = remoteArbiter(errorTexts);
    // Until it is connected it waits for that.
    arbiter.expect(3_600_000);
    const rows: Row[] = [];
    const place = new Place(number, arbiter, (row) => {
      this.#committed(row);
      rows.push(row);
    });
    return {
      place,
      arbiter,
      rows,
      session: new DatabaseClaimSession({ errors: errorTexts, source: place.source }, this.program.claims),
      wires: new Set(),
    };
  }

  #committed({ key, value }: Row): void {
    this.committed.push({ key: Number(key), value: String(JSON.parse(value)) });
  }

  #place(number: number): Place {
    return this.jobs[number - 1]?.place ?? this.program;
  }

  *#rowsOf({ place, rows }: Job): Generator<Step> {
    if (rows.length > 0)
      yield () => {
        const row = rows.shift();
        if (row === undefined) return;
        this.program.take(row, place.source);
      };
  }

  #compute(place: Place, { key, computes }: Call, signal: AbortSignal | undefined): Promise<string> {
    const computation = { place: place.number, key, name: `${place.number}-${this.computations.length}` };
    this.computations.push(computation);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const step = (): void => {
        place.running.delete(step);
        if (computes === "error") reject(new Error(computation.name));
        else resolve(computation.name);
      };
      place.running.add(step);
      signal?.addEventListener("abort", () => {
        if (place.running.delete(step)) reject(signal.reason);
      });
    });
  }
}
