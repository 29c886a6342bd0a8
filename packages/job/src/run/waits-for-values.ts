/**
 * Calls that wait for a value and not for CPUs: that an equal call computes, or that is on its way to the disk. For those who ask
 * over the control interface they stand behind the calls that have CPUs or wait for some.
 */
import type { CallReport, OpenCalls } from "@hyperion-ts/control/serve";
import { type CallWaitReason, describeCallWait } from "@hyperion-ts/progress";
import type { StoreWait } from "@hyperion-ts/results";

const MAX_KEY_TEXT = 200;

/** The waits of one run's database. */
export class WaitsForValues {
  readonly #waits: () => Iterable<StoreWait>;
  /** The ids that were told, by what they name: they stay as long as it waits. */
  #ids = new Map<string, string>();
  #numbered = 0;

  constructor(waits: () => Iterable<StoreWait>) {
    this.#waits = waits;
  }

  /** All open calls: those of `calls`, and what waits for values. */
  behind(calls: OpenCalls): OpenCalls {
    const measure = calls.measure?.bind(calls);
    return {
      list: (most) => {
        const placed = calls.list(most);
        const waits = this.#look();
        const room = Math.max(0, most - placed.calls.length);
        return { calls: [...placed.calls, ...waits.slice(0, room)], total: placed.total + waits.length };
      },
      find: (id) => calls.find(id) ?? this.#look().find((report) => report.id === id),
      cancel: (id) => calls.cancel(id),
      slowest: (most) => calls.slowest?.(most) ?? [],
      ...(measure === undefined ? {} : { measure }),
    };
  }

  #look(): readonly CallReport[] {
    const before = this.#ids;
    this.#ids = new Map();
    const nowMs = performance.now();
    return Array.from(this.#waits(), (wait) => {
      const name = `${wait.kind} ${wait.map} ${wait.key}`;
      const id = before.get(name) ?? `v${(this.#numbered += 1)}`;
      this.#ids.set(name, id);
      return reportOf(id, wait, nowMs);
    });
  }
}

function reportOf(id: string, wait: StoreWait, nowMs: number): CallReport {
  const { map, key, sinceMs } = wait;
  const reason = reasonOf(wait);
  return {
    id,
    functionName: map,
    stage: "waiting",
    forSeconds: Math.max(0, nowMs - sinceMs) / 1_000,
    attempt: null,
    cpus: 0,
    node: null,
    cpuIds: [],
    logFile: null,
    waiting: { reason, text: describeCallWait(reason) },
    input: key.length <= MAX_KEY_TEXT ? key : `${key.slice(0, MAX_KEY_TEXT)}...`,
  };
}

const reasonOf = ({ kind, callers }: StoreWait): CallWaitReason =>
  kind === "commit" ? { kind } : { kind: "equal-call", elsewhere: kind === "equal-call-elsewhere", callers };
