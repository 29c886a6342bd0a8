/** A run that goes on, asked over its socket. */
import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { Hold, HoldChanges } from "@hyperion-ts/holds";
import { ownUserId } from "@hyperion-ts/own-files";
import { ControlError, type ControlErrorCode } from "../control-error.ts";
import type { ControlFile } from "../place/control-file.ts";
import { isPrivate } from "../place/socket-folders.ts";
import type {
  CallList,
  CallReport,
  ControlFailure,
  FailureReport,
  RunIdentity,
  RunReport,
  StopAnswer,
  WorkerReport,
} from "../told/control-answers.ts";
import type { EndedCall, UsageReport } from "../told/cost-answers.ts";
import type { TextOptions } from "../told/status-text.ts";
import { askSocket, type Question } from "./ask-socket.ts";
import type { RunView } from "./run-view.ts";

/** The run that listens on a socket. */
export class LiveRun implements RunView {
  readonly #socket: string;
  readonly #control: ControlFile;
  /** Where the paths of its answers begin. */
  readonly #within: string;

  /** `within`: where the answers are that are meant, such as "/jobs/4711". @throws ControlError `not-ours` where somebody else may have made the socket. */
  constructor(control: ControlFile, within = "") {
    const { socket } = control;
    const there = lstatSync(socket, { throwIfNoEntry: false });
    if (there !== undefined && (there.uid !== ownUserId() || !isPrivate(dirname(socket))))
      throw new ControlError("not-ours", `${socket} is not asked: it is not this user's alone`);
    this.#socket = socket;
    this.#control = control;
    this.#within = within;
  }

  /** The run within one of its Slurm jobs, asked through this one. */
  ofJob(id: string): LiveRun {
    return new LiveRun(this.#control, `/jobs/${encodeURIComponent(id)}`);
  }

  /** Whether it answers. */
  async answers(): Promise<boolean> {
    if (lstatSync(this.#socket, { throwIfNoEntry: false }) === undefined) return false;
    try {
      const { id } = await this.#json<RunIdentity>({ path: "/run" });
      return this.#within !== "" || id === this.#control.run.id;
    } catch (error) {
      if (error instanceof ControlError && (error.code === "not-running" || this.#within !== "")) return false;
      throw error;
    }
  }

  report(): Promise<RunReport> {
    return this.#json({ path: "/" });
  }

  async text({ columns, rows, colour }: TextOptions): Promise<string> {
    const path = `/?columns=${columns}&rows=${rows}&colour=${colour ? 1 : 0}`;
    return await this.#body({ path, wantsText: true });
  }

  calls(most: number): Promise<CallList> {
    return this.#json({ path: `/calls?most=${most}` });
  }

  call(id: string): Promise<CallReport> {
    return this.#json({ path: `/calls/${encodeURIComponent(id)}` });
  }

  failures(): Promise<readonly FailureReport[]> {
    return this.#json({ path: "/failures" });
  }

  workers(): Promise<readonly WorkerReport[]> {
    return this.#json({ path: "/workers" });
  }

  slowest(most: number): Promise<readonly EndedCall[]> {
    return this.#json({ path: `/slowest?most=${most}` });
  }

  usage(): Promise<UsageReport> {
    return this.#json({ path: "/usage" });
  }

  stop(jobs = false): Promise<StopAnswer> {
    return this.#json({ method: "POST", path: jobs ? "/stop?jobs=1" : "/stop" });
  }

  cancel(id: string): Promise<CallReport> {
    return this.#json({ method: "POST", path: `/calls/${encodeURIComponent(id)}/cancel` });
  }

  holds(): Promise<readonly Hold[]> {
    return this.#json({ path: "/holds" });
  }

  retryHold(id: string, changes: HoldChanges): Promise<Hold> {
    return this.#json({ method: "POST", path: `/holds/${encodeURIComponent(id)}/retry?${query({ ...changes })}` });
  }

  retryHolds(changes: HoldChanges, like?: string): Promise<readonly Hold[]> {
    const asked = query(like === undefined ? { ...changes } : { ...changes, like });
    return this.#json({ method: "POST", path: `/holds/retry?${asked}` });
  }

  cancelHold(id: string): Promise<Hold> {
    return this.#json({ method: "POST", path: `/holds/${encodeURIComponent(id)}/cancel` });
  }

  async #json<A>(question: Question): Promise<A> {
    return JSON.parse(await this.#body(question)) as A;
  }

  async #body({ path, ...question }: Question): Promise<string> {
    const { status, body } = await askSocket(this.#socket, { ...question, path: `${this.#within}${path}` });
    if (status === 200) return body;
    const failure = failureIn(body);
    throw new ControlError(codeOf(failure), failure.message ?? `The run answered with ${status}`);
  }
}

function failureIn(body: string): Partial<ControlFailure> {
  try {
    return JSON.parse(body) as Partial<ControlFailure>;
  } catch {
    return {};
  }
}

const query = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

function codeOf({ code }: Partial<ControlFailure>): ControlErrorCode {
  if (code === "not-found" || code === "no-calls" || code === "no-workers") return "not-found";
  // Of a Slurm job: it can't be asked now.
  return code === "no-link" || code === "no-answer" ? "not-running" : "refused";
}
