/** A run that answers, and may end between two questions: from then on its log does. */
import type { Hold, HoldChanges } from "@hyperion-ts/holds";
import { ControlError } from "../control-error.ts";
import type {
  CallList,
  CallReport,
  FailureReport,
  RunReport,
  StopAnswer,
  WorkerReport,
} from "../told/control-answers.ts";
import type { EndedCall, UsageReport } from "../told/cost-answers.ts";
import type { TextOptions } from "../told/status-text.ts";
import type { RunView } from "./run-view.ts";

/** The run itself as long as it answers. */
export class EndingRun implements RunView {
  #view: RunView;
  readonly #readLog: () => Promise<RunView>;
  #isLogged = false;

  /** `readLog` gives what the run has written down. */
  constructor(live: RunView, readLog: () => Promise<RunView>) {
    this.#view = live;
    this.#readLog = readLog;
  }

  report(): Promise<RunReport> {
    return this.#ask((view) => view.report());
  }

  text(options: TextOptions): Promise<string> {
    return this.#ask((view) => view.text(options));
  }

  calls(most: number): Promise<CallList> {
    return this.#ask((view) => view.calls(most));
  }

  call(id: string): Promise<CallReport> {
    return this.#ask((view) => view.call(id));
  }

  failures(): Promise<readonly FailureReport[]> {
    return this.#ask((view) => view.failures());
  }

  workers(): Promise<readonly WorkerReport[]> {
    return this.#ask((view) => view.workers());
  }

  slowest(most: number): Promise<readonly EndedCall[]> {
    return this.#ask((view) => view.slowest(most));
  }

  usage(): Promise<UsageReport> {
    return this.#ask((view) => view.usage());
  }

  stop(jobs?: boolean): Promise<StopAnswer> {
    return this.#ask((view) => view.stop(jobs));
  }

  cancel(id: string): Promise<CallReport> {
    return this.#ask((view) => view.cancel(id));
  }

  holds(): Promise<readonly Hold[]> {
    return this.#ask((view) => view.holds());
  }

  retryHold(id: string, changes: HoldChanges): Promise<Hold> {
    return this.#ask((view) => view.retryHold(id, changes));
  }

  retryHolds(changes: HoldChanges, like?: string): Promise<readonly Hold[]> {
    return this.#ask((view) => view.retryHolds(changes, like));
  }

  cancelHold(id: string): Promise<Hold> {
    return this.#ask((view) => view.cancelHold(id));
  }

  async #ask<A>(ask: (view: RunView) => Promise<A>): Promise<A> {
    try {
      return await ask(this.#view);
    } catch (error) {
      if (this.#isLogged || !(error instanceof ControlError) || error.code !== "not-running") throw error;
      this.#view = await this.#readLog();
      this.#isLogged = true;
      return await ask(this.#view);
    }
  }
}
