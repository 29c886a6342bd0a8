/**
 * One worker process that is started ahead of need. It has loaded its own code but no user code, so it can still become
 * any worker: it is moved to its CPUs with `taskset`, its log file gets its name, and then it is told what it is.
 *
 * A node whose workers all stay warm needs none; one is kept from the first time on that a worker has to be
 * replaced, because it died, or its CPUs were wanted in another cut, or each call gets a fresh one.
 */
import { execFile } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ToAgent } from "@hyperion-ts/wire/frames";
import type { ProcessTools } from "@hyperion-ts/processes/supervision";
import type { WorkerProcess, WorkerProcesses } from "./worker-process.ts";

type StartMessage = Extract<ToAgent, { type: "start" }>;

interface Spare {
  readonly command: readonly string[];
  readonly logFile: string;
  readonly process: WorkerProcess;
}

/** The spare of a node, if it has one. */
export class SpareWorker {
  readonly #tools: ProcessTools;
  readonly #processes: WorkerProcesses;
  readonly #log: (line: string) => void;
  #spare: Promise<Spare | undefined> | undefined;
  #ending = false;

  /** `log` hears when the spare becomes a worker. */
  constructor(tools: ProcessTools, processes: WorkerProcesses, log: (line: string) => void) {
    this.#tools = tools;
    this.#processes = processes;
    this.#log = log;
  }

  /**
   * The spare as the worker that `message` asks for, if there is one that can be it; otherwise a new process.
   *
   * @throws as `WorkerProcesses.start` does
   */
  async take(message: StartMessage): Promise<WorkerProcess> {
    const spare = await this.#release();
    if (spare !== undefined && (await this.#fits(spare, message)) && renamed(spare.logFile, message.logFile)) {
      this.#log(`The spare worker ${spare.process.running.pid} becomes ${message.logFile}`);
      return spare.process;
    }
    if (spare !== undefined) await this.#discard(spare);
    return this.#processes.start(message.command, message.pinTo, message.logFile);
  }

  /** Starts a spare like the worker of `message`, if there is none. Not when it is to end: a worker may come up meanwhile. */
  prepare({ command, logFile: like }: StartMessage): void {
    if (this.#ending) return;
    const logFile = join(dirname(like), `spare-${crypto.randomUUID()}.log`);
    this.#spare ??= this.#processes.start(command, null, logFile).then(
      (process) => ({ command, logFile, process }),
      () => undefined,
    );
  }

  /** Ends the spare, for good. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#ending = true;
    const spare = await this.#release();
    if (spare !== undefined) await this.#discard(spare);
  }

  /** The spare, which is the caller's from now on, also while it is still being started. */
  #release(): Promise<Spare | undefined> | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  /** Whether it still lives, runs the same program, and could be moved to its CPUs. */
  async #fits({ command, process: { running } }: Spare, message: StartMessage): Promise<boolean> {
    if (running.hasEnded || command.join("\0") !== message.command.join("\0")) return false;
    if (message.pinTo === null) return true;
    if (!this.#tools.taskset) return false;
    const moved = promisify(execFile)("taskset", ["-a", "-p", "-c", message.pinTo.join(","), String(running.pid)]);
    return moved.then(
      () => true,
      () => false,
    );
  }

  async #discard({ logFile, process: { running, permits, log } }: Spare): Promise<void> {
    await running.stop(0);
    permits?.[Symbol.dispose]();
    log[Symbol.dispose]();
    rmSync(logFile, { force: true });
  }
}

/** Gives a log file its name. It may be gone with its folder: then a new worker makes both again. */
function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
