/**
 * Lets a run be asked from other processes, a while after its beginning: a run that finds all its results has ended by then, and
 * has loaded nothing for it.
 */
import type {
  Answer,
  HoldDesk,
  MapReport,
  OpenCalls,
  Question,
  RunServer,
  StopAnswer,
} from "@hyperion-ts/control/serve";
import type { RunEvents, StampedEvent } from "@hyperion-ts/progress";
import type { StoreWait } from "@hyperion-ts/results";
import type { ProgramInfo } from "../program-info.ts";
import type { CountsReport } from "./counts-report.ts";

const BEGIN_AFTER_MS = 100;

/** What the run lets others ask. */
export interface AskedRun {
  readonly info: ProgramInfo;
  readonly events: RunEvents;
  /** How many calls there are. */
  readonly counts: Pick<CountsReport, "emit">;
  /** What it has stored; none before its database is open. */
  readonly maps: () => readonly MapReport[];
  /** What is waited for in its database. */
  readonly waits: () => Iterable<StoreWait>;
  /** Its calls; undefined where they can't be listed. */
  readonly openCalls: () => OpenCalls | undefined;
  /** Asks the head of one of its Slurm jobs; undefined where it has no link to one. */
  readonly askJob: (id: string, question: Question) => Promise<Answer> | undefined;
  /** Its calls that wait for a person; undefined where it holds none. */
  readonly holds: () => HoldDesk | undefined;
  /** Ends it in order; `jobs`: and cancels its Slurm jobs. */
  readonly stop: (jobs: boolean) => StopAnswer;
}

/** The control interface of one run, from soon on. Disposing of it ends it. */
export class ProgramControl implements AsyncDisposable {
  readonly #run: AskedRun;
  readonly #past: StampedEvent[] = [];
  readonly #subscription: Disposable;
  readonly #timer: NodeJS.Timeout;
  #server: Promise<RunServer | undefined> | undefined;

  constructor(run: AskedRun) {
    this.#run = run;
    this.#subscription = run.events.subscribe((event) => this.#keep(event));
    this.#timer = setTimeout(() => {
      this.#server = this.#serve();
    }, BEGIN_AFTER_MS).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#subscription[Symbol.dispose]();
    await (await this.#server)?.[Symbol.asyncDispose]();
  }

  /** Single calls, of which there may be very many, are not asked for. */
  #keep(stamped: StampedEvent): void {
    if (stamped.event.type !== "call-ended") this.#past.push(stamped);
  }

  async #serve(): Promise<RunServer | undefined> {
    const { info, events, counts, maps, waits, openCalls, askJob, holds, stop } = this.#run;
    try {
      const [{ serveRun }, { WaitsForValues }] = await Promise.all([
        import("@hyperion-ts/control/serve"),
        import("./waits-for-values.ts"),
      ]);
      const forValues = new WaitsForValues(waits);
      this.#subscription[Symbol.dispose]();
      return await serveRun({
        ...info,
        past: this.#past.splice(0),
        events,
        tellCounts: () => counts.emit(),
        maps,
        calls: () => {
          const calls = openCalls();
          return calls === undefined ? undefined : forValues.behind(calls);
        },
        askJob,
        holds,
        stop,
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      events.emit({ type: "log", message: `The command hyperion can't ask this run: ${message}` });
      return undefined;
    }
  }
}
