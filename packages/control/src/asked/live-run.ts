/** A run that goes on, asked over its socket. */
import { lstatSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { json, text } from "node:stream/consumers";
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
import type { RunView } from "./run-view.ts";

/** A run that computes without a pause takes long to answer. */
const LONGEST_WAIT_MS = 30_000;

/** A question: what, how, and what kind of answer. */
interface Question {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly accept?: string;
}

/** The run that listens on a socket. */
export class LiveRun implements RunView {
  readonly #socket: string;
  readonly #id: string;

  /** @throws ControlError `not-ours` where somebody else may have made the socket. */
  constructor({ socket, run }: ControlFile) {
    const there = lstatSync(socket, { throwIfNoEntry: false });
    if (there !== undefined && (there.uid !== ownUserId() || !isPrivate(dirname(socket))))
      throw new ControlError("not-ours", `${socket} is not asked: it is not this user's alone`);
    this.#socket = socket;
    this.#id = run.id;
  }

  /** Whether it answers. */
  async answers(): Promise<boolean> {
    if (lstatSync(this.#socket, { throwIfNoEntry: false }) === undefined) return false;
    try {
      const { id } = await this.#json<RunIdentity>({ path: "/run" });
      return id === this.#id;
    } catch (error) {
      if (error instanceof ControlError && error.code === "not-running") return false;
      throw error;
    }
  }

  report(): Promise<RunReport> {
    return this.#json({ path: "/" });
  }

  async text({ columns, rows, colour }: TextOptions): Promise<string> {
    const path = `/?columns=${columns}&rows=${rows}&colour=${colour ? 1 : 0}`;
    return text(await this.#answer({ path, accept: "text/plain" }));
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
    return (await json(await this.#answer(question))) as A;
  }

  async #answer(question: Question): Promise<IncomingMessage> {
    const response = await this.#ask(question);
    if (response.statusCode === 200) return response;
    const failure = (await json(response).catch(() => ({}))) as Partial<ControlFailure>;
    throw new ControlError(codeOf(failure), failure.message ?? `The run answered with ${response.statusCode}`);
  }

  async #ask({ method = "GET", path, accept = "application/json" }: Question): Promise<IncomingMessage> {
    const { request } = await import("node:http");
    return new Promise((resolve, reject) => {
      const asked = request({
        socketPath: this.#socket,
        method,
        path,
        headers: { host: "run", accept },
        // A connection that is kept would keep the process.
        agent: false,
        signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      });
      asked.on("response", resolve);
      asked.on("error", (error) => reject(this.#noAnswer(error)));
      asked.end();
    });
  }

  #noAnswer(error: Error): ControlError {
    const code = "code" in error ? error.code : undefined;
    if (code === "EACCES" || code === "EPERM")
      return new ControlError("not-ours", `${this.#socket} may not be asked: it is another user's`, { cause: error });
    const why = error.name === "TimeoutError" ? `no answer within ${LONGEST_WAIT_MS / 1_000} s` : error.message;
    return new ControlError("not-running", `Nobody answers on ${this.#socket} (${why})`, { cause: error });
  }
}

const query = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

const codeOf = ({ code }: Partial<ControlFailure>): ControlErrorCode =>
  code === "not-found" || code === "no-calls" || code === "no-workers" ? "not-found" : "refused";
