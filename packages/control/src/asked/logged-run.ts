/** A run that is not asked: what it has written down tells how far it came. Nothing of it is changed. */
import { closeSync, constants, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Hold, type HoldChanges, type HoldDesk, holdDesk, HoldFiles } from "@hyperion-ts/holds";
import { openRegularFile } from "@hyperion-ts/own-files";
import { parseEventLog } from "@hyperion-ts/progress";
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
import { RunRecord } from "../told/run-record.ts";
import { type ReportContext, runReport } from "../told/run-report.ts";
import { statusText, type TextOptions } from "../told/status-text.ts";
import { eventLog, type FoundRun, programDirectory } from "./found-run.ts";
import { notAsked } from "./not-asked.ts";
import type { RunView } from "./run-view.ts";

/** A run whose log was read. */
export class LoggedRun implements RunView {
  readonly #found: FoundRun;
  readonly #record: RunRecord;

  private constructor(found: FoundRun, record: RunRecord) {
    this.#found = found;
    this.#record = record;
  }

  /** @throws ControlError `not-found` where it has no log; NotOursError where that is no plain file. */
  static read(found: FoundRun): LoggedRun {
    const record = new RunRecord();
    for (const event of parseEventLog(readLog(found))) record.add(event);
    return new LoggedRun(found, record);
  }

  async report(): Promise<RunReport> {
    return runReport(this.#record, this.#context);
  }

  async text(options: TextOptions): Promise<string> {
    return statusText(this.#record, this.#context, options);
  }

  async calls(): Promise<CallList> {
    throw this.#notAsked();
  }

  async call(): Promise<CallReport> {
    throw this.#notAsked();
  }

  async failures(): Promise<readonly FailureReport[]> {
    return this.#record.failures;
  }

  /** Those that live as far as the log tells; none of a run that has ended. */
  async workers(): Promise<readonly WorkerReport[]> {
    return this.#hasEnded || this.#isLost ? [] : [...this.#record.workers];
  }

  async slowest(): Promise<readonly EndedCall[]> {
    throw this.#notAsked();
  }

  async usage(): Promise<UsageReport> {
    throw this.#notAsked();
  }

  async stop(): Promise<StopAnswer> {
    throw this.#notAsked();
  }

  async cancel(): Promise<CallReport> {
    throw this.#notAsked();
  }

  async holds(): Promise<readonly Hold[]> {
    return this.#desk.list();
  }

  async retryHold(id: string, changes: HoldChanges): Promise<Hold> {
    return this.#desk.retry(id, { ...changes });
  }

  async retryHolds(changes: HoldChanges, like?: string): Promise<readonly Hold[]> {
    return this.#desk.retryAll({ ...changes }, like);
  }

  async cancelHold(id: string): Promise<Hold> {
    return this.#desk.cancel(id);
  }

  /** A run on another machine looks into these files, too. */
  get #desk(): HoldDesk {
    return holdDesk(new HoldFiles(dirname(this.#context.run.database)));
  }

  get #hasEnded(): boolean {
    return this.#record.state.phase.kind === "ended";
  }

  get #isLost(): boolean {
    return !this.#hasEnded && this.#found.process === "dead";
  }

  get #context(): ReportContext {
    const { id, logDir, control } = this.#found;
    const { database } = this.#record.state;
    const known = database === "" ? join(programDirectory(logDir), "results.sqlite") : database;
    const run = control?.run ?? { id, logDir, database: known };
    return { run, toldBy: "log", lost: this.#isLost, nowMs: Date.now() };
  }

  #notAsked(): ControlError {
    return notAsked(this.#found, this.#hasEnded);
  }
}

function readLog({ id, logDir }: FoundRun): string {
  const path = eventLog(logDir);
  try {
    const fd = openRegularFile(path, constants.O_RDONLY, () => undefined);
    try {
      return readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (Error.isError(error) && "code" in error && error.code === "ENOENT")
      throw new ControlError("not-found", `Run ${id} has no log: there is no ${path}`, { cause: error });
    throw error;
  }
}
