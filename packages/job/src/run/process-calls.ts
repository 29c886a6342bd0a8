/** The calls of a run without workers (`inProcess`), as those see them who ask over the control interface. */
import type { CallList, CallReport, WaitReport } from "@hyperion-ts/control";
import type { OpenCalls } from "@hyperion-ts/control/serve";
import { type CallWaitReason, describeCallWait } from "@hyperion-ts/progress";
import { valueText } from "../dispatch/input-text.ts";
import { cancelledTask, NOWHERE } from "../dispatch/task-failure.ts";
import type { TaskRequest } from "../dispatch/task-launcher.ts";

/** A call that has not ended. Disposing of it says that it has. */
export interface ProcessCall extends Disposable {
  /** Aborts as that of its request does, and when a person cancels it. */
  readonly signal: AbortSignal;
  /** It has CPUs, and is being made, with `input`. */
  began(place: { readonly node: string; readonly cpuIds: readonly number[] }, input: unknown, attempt: number): void;
}

interface Open extends Omit<CallReport, "forSeconds" | "waiting" | "input"> {
  readonly sinceMs: number;
  readonly person: AbortController;
  /** What it was called with; undefined before that. */
  readonly given: { readonly value: unknown } | undefined;
}

/** All of them. What the first in line waits for, `whyWaiting` says. */
export class ProcessCalls implements OpenCalls {
  readonly #whyWaiting: () => CallWaitReason | null;
  readonly #open = new Map<string, Open>();
  #numbered = 0;

  constructor(whyWaiting: () => CallWaitReason | null) {
    this.#whyWaiting = whyWaiting;
  }

  /** A call is wanted. */
  begin({ functionName = "", cpus, signal }: TaskRequest): ProcessCall {
    const id = String((this.#numbered += 1));
    const person = new AbortController();
    const wanted = { id, functionName, stage: "waiting", attempt: null, cpus, node: null, cpuIds: [] } as const;
    this.#open.set(id, { ...wanted, logFile: null, given: undefined, sinceMs: performance.now(), person });
    return {
      signal: AbortSignal.any([signal, person.signal]),
      began: ({ node, cpuIds }, value, attempt) => {
        const now = { stage: "running", node, cpuIds, attempt, given: { value }, sinceMs: performance.now() } as const;
        this.#open.set(id, { ...wanted, logFile: null, person, ...now });
      },
      [Symbol.dispose]: () => void this.#open.delete(id),
    };
  }

  list(most: number): CallList {
    const all = [...this.#open.values()];
    const running = all.filter(({ stage }) => stage === "running");
    const waiting = all.filter(({ stage }) => stage !== "running");
    const shown = [...running, ...waiting].slice(0, most);
    return { calls: shown.map((call) => this.#reportOf(call)), total: all.length };
  }

  find(id: string): CallReport | undefined {
    const call = this.#open.get(id);
    return call === undefined ? undefined : this.#reportOf(call);
  }

  cancel(id: string): boolean {
    const call = this.#open.get(id);
    call?.person.abort(cancelledTask(NOWHERE));
    return call !== undefined;
  }

  #reportOf({ sinceMs, person, given, ...open }: Open): CallReport {
    const forSeconds = (performance.now() - sinceMs) / 1_000;
    const call = { ...open, input: given === undefined ? null : valueText(given.value) };
    if (person.signal.aborted) {
      const until = "its function heeds its signal and returns: there is no worker that could be ended";
      return { ...call, stage: "ending", forSeconds, waiting: { reason: null, text: "it was asked to end", until } };
    }
    if (call.stage === "running") return { ...call, forSeconds, waiting: null };
    return { ...call, forSeconds, waiting: this.#waitOf(call.id) };
  }

  /** The pool tells what its front waits for; the others are behind that. One that is not in line has its CPUs. */
  #waitOf(id: string): WaitReport {
    const reason = this.#whyWaiting();
    if (reason === null) return { reason, text: "its input is being computed", until: "that is done; no limit" };
    const first = this.#open.values().find(({ stage }) => stage === "waiting");
    if (first?.id === id) return { reason, text: describeCallWait(reason) };
    const until = "those before it have begun; no limit";
    return {
      reason: null,
      text: `calls before it wait, and the first of them because ${describeCallWait(reason)}`,
      until,
    };
  }
}
