/**
 * The calls of a dispatcher that have not ended, as those who ask over the control interface see them. Nothing is kept for it:
 * it looks at the workers and the line only when somebody asks.
 */
import type { CallList, CallReport, CallStage, EndedCall, WaitReport } from "@hyperion-ts/control";
import type { MeasuredNodes, OpenCalls } from "@hyperion-ts/control/serve";
import { type CallWaitReason, describeCallWait } from "@hyperion-ts/progress";
import { inputText } from "./input-text.ts";
import type { LeasedWorker } from "./leased-worker.ts";
import type { Task } from "./task.ts";
import type { WaitingCalls } from "./waiting-calls.ts";
import { type hindrancesOf, whyNotPlaced } from "./why-not-placed.ts";

/** What others know of a dispatcher's calls. */
interface OtherAnswers extends Required<Pick<OpenCalls, "slowest" | "measure">> {
  /** What keeps calls from CPUs that are idle. */
  hindrances(): ReturnType<typeof hindrancesOf>;
}

/** The open calls of one dispatcher. */
export class OpenTasks implements OpenCalls {
  readonly #leased: ReadonlySet<LeasedWorker>;
  readonly #waiting: WaitingCalls;
  readonly #others: OtherAnswers;

  constructor(leased: ReadonlySet<LeasedWorker>, waiting: WaitingCalls, others: OtherAnswers) {
    this.#leased = leased;
    this.#waiting = waiting;
    this.#others = others;
  }

  list(most: number): CallList {
    const placed = [...this.#placed()].sort(
      ([a, at], [b, there]) => Number(runsOn(there, b)) - Number(runsOn(at, a)) || a.number - b.number,
    );
    const whyWaiting = this.#whyWaiting();
    const shown = placed.slice(0, most).map(([task, leased]) => reportOf(task, leased, whyWaiting));
    const waiting = this.#waiting.tasks();
    for (let next = waiting.next(); shown.length < most && next.done !== true; next = waiting.next())
      shown.push(reportOf(next.value, undefined, whyWaiting));
    return { calls: shown, total: placed.length + this.#waiting.size };
  }

  find(id: string): CallReport | undefined {
    const [task, leased] = this.#find(id) ?? [];
    return task === undefined ? undefined : reportOf(task, leased, this.#whyWaiting());
  }

  cancel(id: string): boolean {
    const [task] = this.#find(id) ?? [];
    task?.cancel();
    return task !== undefined;
  }

  slowest(most: number): readonly EndedCall[] {
    return this.#others.slowest(most);
  }

  measure(): Promise<MeasuredNodes> {
    return this.#others.measure();
  }

  /** Says why a call has no CPUs. */
  #whyWaiting(): WhyWaiting {
    if (this.#waiting.isWithheld) return () => ({ kind: "ending" });
    const hindrances = this.#others.hindrances();
    return (task) => whyNotPlaced(task, hindrances);
  }

  #find(id: string): readonly [Task, LeasedWorker | undefined] | undefined {
    for (const found of this.#placed()) if (String(found[0].number) === id) return found;
    for (const task of this.#waiting.tasks()) if (String(task.number) === id) return [task, undefined];
    return undefined;
  }

  /** Those that have CPUs. A worker may have one whose call is answered, and whose caller has not taken it yet. */
  *#placed(): Generator<readonly [Task, LeasedWorker]> {
    for (const leased of this.#leased)
      for (const task of leased.tasks)
        if (task.state.kind !== "over" && (task.state.kind !== "ready" || task.state.outcome === "unused"))
          yield [task, leased];
  }
}

const runsOn = ({ inFlight }: LeasedWorker, task: Task): boolean => inFlight.running === task;

type WhyWaiting = (task: Task) => CallWaitReason;

function reportOf(task: Task, leased: LeasedWorker | undefined, whyWaiting: WhyWaiting): CallReport {
  const { request, functionName } = task;
  const { again } = request;
  const stage = stageOf(task, leased);
  const beganMs = leased !== undefined && runsOn(leased, task) ? leased.inFlight.beganMs : task.wantedMs;
  return {
    id: String(task.number),
    functionName,
    stage,
    forSeconds: (performance.now() - beganMs) / 1_000,
    attempt: task.attempt === 0 ? (again?.attempt ?? null) : task.attempt,
    ...(again === undefined ? {} : { again: again.why }),
    cpus: request.cpus,
    node: leased?.lease.node ?? null,
    cpuIds: task.cpuIds,
    logFile: leased?.worker?.logFile ?? null,
    waiting: waitOf(task, stage, leased, whyWaiting),
    input: inputText(task.input),
  };
}

function stageOf(task: Task, leased: LeasedWorker | undefined): CallStage {
  switch (task.state.kind) {
    case "new":
    case "waiting":
    case "over":
      return "waiting";
    case "starting":
    case "ready":
      return "starting";
    case "called":
    case "ahead":
      return "ahead";
    case "running":
      return leased?.worker?.loads(task.functionName) === true ? "loading" : "running";
    case "recalling":
    case "ending":
      return "ending";
    default:
      return task.state satisfies never;
  }
}

function waitOf(
  task: Task,
  stage: CallStage,
  leased: LeasedWorker | undefined,
  whyWaiting: WhyWaiting,
): WaitReport | null {
  switch (stage) {
    case "waiting":
      return because(whyWaiting(task));
    case "starting":
      return task.state.kind === "starting"
        ? because({ kind: "worker-starting", node: task.node })
        : inWords("it has its worker, and its input is being computed");
    case "ahead":
      return inWords(
        `it was sent to its worker on ${task.node}, which runs call ${leased?.inFlight.running?.number ?? "?"}`,
      );
    case "loading":
      return because({ kind: "module-loading", node: task.node, module: task.fn.module });
    case "ending":
      return inWords("it was asked to end; its worker is ended where it does not");
    case "running":
      return null;
    default:
      return stage satisfies never;
  }
}

const because = (reason: CallWaitReason): WaitReport => ({ reason, text: describeCallWait(reason) });

const inWords = (text: string): WaitReport => ({ reason: null, text });
