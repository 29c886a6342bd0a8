/** The remote calls of a run that are held: each waits until a person has decided, over as many tries and runs of the program as it takes. */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import {
  changesText,
  type Decision,
  heldCall,
  type HeldFailure,
  type Hold,
  type HoldChanges,
  type HoldDesk,
  holdDesk,
  HoldFiles,
  holdLine,
  HoldNotice,
  RunHolds,
} from "@hyperion-ts/holds";
import { tellFailed } from "../call-attempts.ts";
import { CallError } from "../call-error.ts";
import type { CallHolder, HasWorkers, HeldRequest } from "../capabilities.ts";
import { valueText } from "../dispatch/input-text.ts";
import { changedCall, checkCallChanges, remedyOf } from "./call-remedies.ts";
import { failureText } from "./failure-text.ts";
import { InterruptedError } from "./interruption.ts";
import { programCode } from "./program-code.ts";
import type { ProgramEnv } from "./work.ts";

/** Of an error that was thrown. */
const MOST_WORDS = 12;

/** The holds of one run. */
export class CallHolds implements CallHolder {
  /** What a person can ask, and decide. */
  readonly desk: HoldDesk;
  readonly #env: ProgramEnv;
  readonly #book: RunHolds;
  /** Whether there is a hold, or was one: most runs have none, and need not know calls by their inputs. */
  #isUsed: boolean;

  /** `onHold`: a program and its arguments, run for each hold. */
  constructor(env: ProgramEnv, onHold: readonly string[] | undefined) {
    this.#env = env;
    const notice = onHold && new HoldNotice(onHold, (sentence) => env.log(sentence));
    this.#book = new RunHolds(new HoldFiles(dirname(env.programInfo.database)), {
      onHold: (hold) => notice?.tell(hold),
      check: (_hold, changes) => checkCallChanges(changes),
    });
    this.#isUsed = this.#book.list().length > 0;
    this.desk = holdDesk(this.#book);
  }

  async answer<A>(request: HeldRequest, attempts: (env: HasWorkers) => Promise<A>): Promise<A> {
    const { env } = request;
    try {
      for (let changes = await this.#begin(request); ;) {
        try {
          const value = await attempts(changedCall(env, changes));
          this.#end(request);
          return value;
        } catch (error) {
          changes = await this.#afterFailure(request, changes, error);
        }
      }
    } catch (error) {
      this.#left(request);
      throw error;
    }
  }

  /** What the first try has, when a hold of an earlier run does not wait any more. */
  async #begin(request: HeldRequest): Promise<HoldChanges> {
    const left = this.#find(request);
    if (left === undefined) return {};
    if (left.verdict?.kind === "cancel") {
      this.#book.end(left.key);
      return giveUp(request, givenUp(request, left));
    }
    if (left.verdict?.kind === "retry") {
      this.#tell(left, "is made again");
      return left.changes;
    }
    if (left.version !== versionOf(request)) {
      this.#tell(left, "is held no longer: the program has changed since then");
      this.#book.end(left.key);
      return {};
    }
    return await this.#waitFor(request, left, givenUp(request, left));
  }

  /** What the next try has. @throws the error, where it is not held, or a person has given it up */
  async #afterFailure(request: HeldRequest, before: HoldChanges, error: unknown): Promise<HoldChanges> {
    if (!(error instanceof CallError)) throw error;
    const hold = isHeld(request, error) ? this.#add(request, before, error) : undefined;
    return hold === undefined ? giveUp(request, error) : await this.#waitFor(request, hold, error);
  }

  /** Undefined where it can't be written down, as on a disk that is full: then it can't be held. */
  #add(request: HeldRequest, changes: HoldChanges, error: CallError): Hold | undefined {
    const key = keyOf(request);
    if (key === undefined) return undefined;
    this.#isUsed = true;
    try {
      return this.#book.add(failureOf(request, key, { error, env: changedCall(request.env, changes) }));
    } catch (cause) {
      this.#env.log(`A failed call of ${request.fn.name} can't be held: ${String(cause)}`);
      return undefined;
    }
  }

  async #waitFor(request: HeldRequest, hold: Hold, error: CallError): Promise<HoldChanges> {
    const { env, fn } = request;
    const about = { hold: hold.id, functionName: fn.name };
    env.events.emit({ type: "call-held", ...about, sentence: holdLine(hold) });
    const decision = await this.#decision(hold, env.signal, about);
    env.events.emit({ type: "call-released", ...about, retried: decision.kind === "retry" });
    if (decision.kind === "retry") return decision.changes;
    this.#book.end(hold.key);
    return giveUp(request, error);
  }

  /** A run that is interrupted leaves its holds to the next one. */
  async #decision(
    hold: Hold,
    signal: AbortSignal,
    about: { readonly hold: string; readonly functionName: string },
  ): Promise<Decision> {
    try {
      return await this.#book.wait(hold, signal);
    } catch (error) {
      if (!(error instanceof InterruptedError))
        this.#env.events.emit({ type: "call-released", ...about, retried: false });
      throw error;
    }
  }

  /** The call went well. */
  #end(request: HeldRequest): void {
    const hold = this.#find(request);
    if (hold !== undefined) this.#book.end(hold.key);
  }

  /** Nobody waits for the call any more, and the program goes on: nor does anybody wait for its hold, but equal calls. */
  #left(request: HeldRequest): void {
    const { signal } = request.env;
    if (!signal.aborted || signal.reason instanceof InterruptedError) return;
    const hold = this.#find(request);
    if (hold !== undefined && !this.#book.isAwaited(hold.id)) this.#book.end(hold.key);
  }

  #find(request: HeldRequest): Hold | undefined {
    const key = this.#isUsed ? keyOf(request) : undefined;
    return key === undefined ? undefined : this.#book.find(key);
  }

  #tell(hold: Hold, what: string): void {
    const changed = changesText(hold.changes);
    this.#env.log(`${heldCall(hold)}, held as ${hold.id}, ${what}${changed === "" ? "" : ` (${changed})`}`);
  }
}

/** What a person has ended is not held, nor what ends with the run. */
const isHeld = ({ env }: HeldRequest, { reason }: CallError): boolean =>
  !env.signal.aborted && reason.kind !== "cancelled" && reason.kind !== "run-ended";

/** The caller gets the error. */
function giveUp({ env }: HeldRequest, error: CallError): never {
  tellFailed(env, error);
  throw error;
}

/** Undefined while the input is not known. */
function keyOf({ fn, input }: HeldRequest): string | undefined {
  const given = input();
  if (given === undefined) return undefined;
  return `call:${fn.name}:${createHash("sha256").update(given.encoded).digest("hex").slice(0, 16)}`;
}

/** The code of the function, and what the program gives the call: with others the failure may not come again. */
function versionOf({ fn, env: { taskCpus, taskOptions } }: HeldRequest): string {
  const { gpus, memoryMb, timeLimitMs, node } = taskOptions;
  return createHash("sha256")
    .update(JSON.stringify([programCode.of(fn.name)?.hash() ?? "", taskCpus, gpus, memoryMb, timeLimitMs, node]))
    .digest("hex")
    .slice(0, 16);
}

function failureOf(
  request: HeldRequest,
  key: string,
  { error, env }: { readonly error: CallError; readonly env: HasWorkers },
): HeldFailure {
  const { fn, input } = request;
  const { site, reason } = error;
  return {
    kind: "call",
    key,
    name: fn.name,
    input: valueText(input()?.value),
    where: { jobId: null, node: site.node === "" ? null : site.node, log: site.logFile },
    reason: reason.kind === "worker-died" ? reason.death.kind : reason.kind,
    summary: `${SUMMARIES[reason.kind] ?? "failed"}${site.node === "" ? "" : ` on ${site.node}`}`,
    why: failureText(error.cause ?? error)
      .split("\n")
      .slice(0, MOST_WORDS)
      .join("\n"),
    lastLines: "death" in reason && "lastOutput" in reason.death ? reason.death.lastOutput.split("\n") : [],
    version: versionOf(request),
    remedy: remedyOf(error, env),
  };
}

/** Clauses for people. */
const SUMMARIES: Partial<Readonly<Record<CallError["reason"]["kind"], string>>> = {
  "worker-died": "its worker died",
  "over-memory": "more memory than its share",
  "timed-out": "out of time",
  "not-started": "no worker could be started for it",
  "no-node": "no node was left for it",
};

/** The error of a call that failed in an earlier run of the program. */
function givenUp({ env, fn, input }: HeldRequest, { id, why, where }: Hold): CallError {
  const attempts = env.taskOptions.attempts ?? 1;
  return new CallError(
    { kind: "cancelled" },
    { functionName: fn.name, node: "", cpuIds: [], attempt: 1, attempts, logFile: where.log, ranMs: 0 },
    { detail: `It was held as ${id}, and a person has given it up. ${why}`, input: input()?.value },
  );
}
