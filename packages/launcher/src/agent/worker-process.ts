/** Starting the processes that are, or will be, workers. */
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeDirectory } from "@hyperion-ts/bounds/make-directory";
import {
  DIES_WITH_PARENT,
  markVariable,
  newMark,
  type ProcessTools,
  showArgv,
} from "@hyperion-ts/processes/supervision";
import { isForWorkers } from "../shared/inherited-variables.ts";
import { PermitFile } from "./permit-file.ts";
import { type FramedProcess, startFramedProcess } from "./framed-process.ts";
import { allowedCpus } from "../shared/host/usable-cpus.ts";
import { Sweeper } from "./sweeper.ts";
import { WorkerLog } from "./worker-log.ts";
import { lacksThreads, poolThreads, workerRoom } from "./worker-room.ts";

/** A process that is, or will be, a worker. */
export interface WorkerProcess {
  /** The process, with its frames. */
  readonly running: FramedProcess;
  /** Undefined where no such file could be made. */
  readonly permits: PermitFile | undefined;
  /** Where its output goes. */
  readonly log: WorkerLog;
}

/** A worker could not be started because there are as many as a limit leaves room for. */
export class NoRoomError extends Error {
  override readonly name = "NoRoomError";
}

/** How a program fails to start at a limit of processes, descriptors or memory (fork(2)). */
const AT_A_LIMIT = /\b(?:EAGAIN|EMFILE|ENFILE|ENOMEM)\b/;

/** All worker processes of an agent. */
export class WorkerProcesses {
  readonly #tools: ProcessTools;
  readonly #log: (line: string) => void;
  readonly #sweeper = new Sweeper();
  readonly #running = new Set<number>();
  #starting = 0;
  /** Found out at the first start, when the environment is known. */
  #poolThreads: number | undefined;
  #toldOfNoPermits = false;

  /** `log` hears of each command that is run. */
  constructor(tools: ProcessTools, log: (line: string) => void) {
    this.#tools = tools;
    this.#log = log;
  }

  /**
   * Starts the worker's program. It dies with its agent, even in a synchronous loop, and is born on the CPUs `pinTo` (null: on
   * any). What it prints goes to `logFile`, whose directories are made. What it starts ends with it.
   *
   * @throws NoRoomError where a limit of processes or descriptors is reached; other errors where it can't be started
   */
  async start(command: readonly string[], pinTo: readonly number[] | null, logFile: string): Promise<WorkerProcess> {
    this.#poolThreads ??= poolThreads(allowedCpus().length);
    const room = workerRoom([...this.#running], this.#starting, this.#poolThreads);
    const workers = this.#running.size + this.#starting;
    // As long as there is no worker, nothing is lost by trying to start one, where it may come up.
    if (room !== null && (workers > 0 ? workers >= room.workers : room.full))
      throw new NoRoomError(`${room.limit} is reached`);
    this.#starting += 1;
    try {
      const started = await this.#start(command, pinTo, logFile);
      const { pid, exited } = started.running;
      this.#running.add(pid);
      void exited.then(() => this.#running.delete(pid));
      return started;
    } catch (error) {
      if (workers === 0 || !(error instanceof Error) || !AT_A_LIMIT.test(error.message)) throw error;
      throw new NoRoomError(
        `${room?.limit ?? "a limit of processes, descriptors or memory"} is reached: ${error.message}`,
        { cause: error },
      );
    } finally {
      this.#starting -= 1;
    }
  }

  async #start(command: readonly string[], pinTo: readonly number[] | null, logFile: string): Promise<WorkerProcess> {
    makeDirectory(dirname(logFile), { mode: 0o700 });
    const log = new WorkerLog(logFile);
    const permits = this.#openPermits();
    const mark = newMark();
    try {
      const argv = [...prefix(pinTo, this.#tools), ...command];
      this.#log(`Running command ${showArgv(argv)}`);
      const running = await startFramedProcess(
        {
          argv,
          env: {
            ...variables(this.#tools),
            ...(this.#poolThreads === 1 ? { UV_THREADPOOL_SIZE: "1" } : {}),
            ...markVariable(mark),
          },
          passes: isForWorkers,
        },
        log.fd,
        permits?.fd,
      );
      firstToGo(running.pid);
      void running.exited.then(() => this.#sweeper.sweep(mark));
      return { running, permits, log };
    } catch (error) {
      permits?.[Symbol.dispose]();
      log[Symbol.dispose]();
      throw error;
    }
  }

  /** Which limit a worker has met that does not come up; undefined where no limit is in its way. `hangs`: whether it still runs. */
  limitMet(pid: number, hangs: boolean): string | undefined {
    const others = [...this.#running].filter((other) => other !== pid);
    const room = workerRoom(others, this.#starting, this.#poolThreads ?? 1);
    if (room === null || room.workers > others.length + this.#starting || (hangs && !lacksThreads(pid)))
      return undefined;
    return `${room.limit} is reached`;
  }

  /** Resolves when nothing is left that a worker which has ended had started. */
  swept(): Promise<void> {
    return this.#sweeper.finish();
  }

  /** Notes, once, why there are no permits: that the folder for temporary files takes no file is no reason to do without the node. */
  noPermits(error: unknown): void {
    if (this.#toldOfNoPermits) return;
    this.#toldOfNoPermits = true;
    this.#log(
      `Calls are sent to workers one at a time, which is slower: the folder for temporary files takes none (${error instanceof Error ? error.message : String(error)})`,
    );
  }

  #openPermits(): PermitFile | undefined {
    try {
      return new PermitFile();
    } catch (error) {
      this.noPermits(error);
      return undefined;
    }
  }
}

/** The kernel treats a worker as if it used half of all memory more: when memory is used up it shall take a worker, and not the agent or the program, with which all calls would be lost. */
const OOM_SCORE = "500";

/** Tells the kernel to take this process, and what it starts, first (proc_pid_oom_score_adj(5)). */
function firstToGo(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, OOM_SCORE);
  } catch {
    // It has ended already, or there is no such file here.
  }
}

/** The commands before the worker's own, which become it: they bind it to its agent, and pin it. */
function prefix(pinTo: readonly number[] | null, tools: ProcessTools): string[] {
  const dies = tools.setpriv ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
  const pinned = tools.taskset && pinTo !== null ? ["taskset", "-c", pinTo.join(",")] : [];
  return [...dies, ...pinned];
}

/** What a worker learns from its agent (worker/orphan.ts reads it). */
const variables = ({ setpriv }: ProcessTools): Record<string, string> => ({
  HYPERION_AGENT_PID: String(process.pid),
  [DIES_WITH_PARENT]: setpriv ? "1" : "0",
});
