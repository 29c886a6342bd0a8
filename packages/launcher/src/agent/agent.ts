/**
 * The agent: one on each node, between the head and the node's workers.
 *
 * head ⇄ agent: one byte stream. agent ⇄ worker: a socket pair each. Data frames pass through
 * as they are; messages on channel 0 are for the agent. The end of its head ends it and its workers at once.
 */
import type { Readable, Writable } from "node:stream";
import {
  FrameKind,
  HEADER_BYTES,
  parseMessage,
  PROTOCOL_VERSION,
  type ReceivedFrame,
  type ToAgent,
} from "@hyperion-ts/wire/frames";
import { endGuard, findProcessTools, takeGuardNews } from "@hyperion-ts/processes/supervision";
import { argumentHere, type PathsHere, pathsHere } from "../shared/folder-names.ts";
import { Polling } from "../shared/polling.ts";
import { endOrBecome } from "./become.ts";
import { hello } from "../shared/host/host.ts";
import type { JobOnNode } from "../shared/host/job-cpuset.ts";
import { HeadConnection, type HeadListener } from "./head-connection.ts";
import { type AgentWorker, employWorker } from "./agent-worker.ts";
import { measureNode } from "./measure-node.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { OomKills } from "./oom-kills.ts";
import { SpareWorker } from "./spare-worker.ts";
import { NoRoomError, type WorkerProcess, WorkerProcesses } from "./worker-process.ts";

type StartMessage = Extract<ToAgent, { type: "start" }>;

/** How long workers get to end by themselves when the agent has to end. */
const END_GRACE_MS = 200;

/** The agent of a node, from its first word to its last. */
export class Agent implements HeadListener {
  readonly #guard = takeGuardNews(process.env);
  readonly #tools = findProcessTools(this.#guard.setpriv);
  readonly #processes = new WorkerProcesses(this.#tools, log);
  readonly #spare = new SpareWorker(this.#tools, this.#processes, log);
  readonly #oomKills = new OomKills();
  readonly #memory = new MemoryWatch();
  readonly #workers = new Map<number, Promise<AgentWorker | undefined>>();
  /** The workers that run: for the hot path. */
  readonly #running = new Map<number, AgentWorker>();
  /** Its waits for the answers of calls that are alone with their worker, and for the calls after them. */
  readonly #polling = new Polling();
  readonly #head: HeadConnection;
  /** How the head's paths are written here. */
  #here: PathsHere = (path) => path;
  /** What this process becomes when its head fell silent; nothing where it just ends. */
  #whenHeadIsLost: readonly string[] = [];
  /** A worker is gone, so that the next one takes its place. */
  #replacing = false;
  #ending = false;

  /** `job`: the batch job that this node is part of. */
  constructor(input: Readable, output: Writable, job: JobOnNode) {
    this.#head = new HeadConnection(input, output, hello(this.#tools, job), this);
  }

  /** A frame from the head: for the agent itself on channel 0, otherwise for a worker. */
  frame({ kind, flags, channel, bytes, start, end }: ReceivedFrame): void {
    if (channel === 0) {
      if (kind === FrameKind.message) this.#message(parseMessage<ToAgent>(bytes, start + HEADER_BYTES, end));
      return;
    }
    const worker = this.#running.get(channel);
    if (worker === undefined) return;
    if (kind === FrameKind.recall) this.#head.send({ type: "recalled", channel, unbegun: worker.takeBack() });
    worker.frame(kind, flags, bytes.subarray(start, end));
    if (kind === FrameKind.callAlone && flags === 0) this.#polling.idle();
  }

  called(): void {
    this.#polling.called();
  }

  headIsGone(why: string, how: "ended" | "unusable" | "unheard"): void {
    this.end(why, how === "ended" ? END_GRACE_MS : 0, how === "unheard" ? this.#whenHeadIsLost : []);
  }

  /** A signal from outside. Who wants it to end tells its head, or uses SIGKILL. */
  heard(signal: NodeJS.Signals): void {
    log(`Received ${signal}, and leaves what follows to the head`);
  }

  /** Ends all workers, then this process, which may become another program. */
  end(why: string, graceMs = END_GRACE_MS, become: readonly string[] = []): void {
    if (this.#ending) return;
    this.#ending = true;
    log(`Ending: ${why}`);
    const workers = [...this.#workers.keys()].map((channel) => this.#stop(channel, graceMs));
    void Promise.allSettled([...workers, this.#spare.end()])
      .then(() => this.#processes.swept())
      .then(() => endGuard(this.#guard.pid))
      .then(() => endOrBecome(become, log));
  }

  #message(message: ToAgent): void {
    switch (message.type) {
      case "environment":
        return void Object.assign(process.env, message.variables);
      case "configure":
        return this.#configure(message);
      case "connect":
        return void this.#head.call(message);
      case "start":
        return this.#start(message);
      case "stop":
        return void this.#stop(message.channel, message.graceMs);
      case "measure":
        return this.#head.send({ type: "usage", ...measureNode([...this.#running.values()].map(({ pid }) => pid)) });
      case "shutdown":
        return this.end("the head has finished", message.graceMs);
      default:
        message satisfies never;
    }
  }

  #configure(message: Extract<ToAgent, { type: "configure" }>): void {
    const { version, directory, folderNames, whenHeadIsLost } = message;
    this.#head.answered();
    if (version !== PROTOCOL_VERSION)
      return this.end(
        `the head speaks version ${version} of the protocol, this agent ${PROTOCOL_VERSION}: install one version of hyperion-ts on all nodes`,
      );
    this.#whenHeadIsLost = whenHeadIsLost;
    this.#head.watch(message, () => this.#oomKills.look());
    this.#here = pathsHere(folderNames);
    const why = directory === null ? null : enter(this.#here(directory));
    this.#head.send({ type: "placed", directory: process.cwd(), why });
  }

  #start(received: StartMessage): void {
    if (this.#ending) return;
    const message = {
      ...received,
      command: received.command.map((argument) => argumentHere(argument, this.#here)),
      logFile: this.#here(received.logFile),
    };
    const { channel } = message;
    const started = Promise.all(message.retire.map((retired) => this.#stop(retired, END_GRACE_MS)))
      .then(() => this.#spare.take(message))
      .then((process) => this.#started(message, this.#employ(process, message)))
      .catch((error: unknown) => {
        this.#workers.delete(channel);
        this.#head.send({
          type: "notStarted",
          channel,
          reason: error instanceof Error ? error.message : String(error),
          full: error instanceof NoRoomError,
        });
        return undefined;
      });
    this.#workers.set(channel, started);
  }

  #employ(process: WorkerProcess, message: StartMessage): AgentWorker {
    return employWorker(process, message, {
      toHead: this.#head.writer,
      polling: this.#polling,
      oomKills: this.#oomKills,
      noPermits: (error) => this.#processes.noPermits(error),
      limitMet: (pid, hangs) => this.#processes.limitMet(pid, hangs),
    });
  }

  #started(message: StartMessage, worker: AgentWorker): AgentWorker {
    const { channel } = message;
    if (this.#replacing) this.#spare.prepare(message);
    this.#running.set(channel, worker);
    this.#head.send({ type: "started", channel, pid: worker.pid });
    const watch =
      message.memoryMb === null
        ? undefined
        : this.#memory.add(worker.pid, message.memoryMb, (usedMb) =>
            this.#head.send({ type: "memory", channel, usedMb }),
          );
    void worker.gone.then(() => {
      watch?.[Symbol.dispose]();
      this.#running.delete(channel);
      this.#workers.delete(channel);
      this.#replacing = true;
    });
    return worker;
  }

  async #stop(channel: number, graceMs: number): Promise<void> {
    const worker = await this.#workers.get(channel);
    await worker?.stop(graceMs);
  }
}

/** Workers run in the agent's directory. Says why it can't be this one. */
function enter(directory: string): string | null {
  try {
    process.chdir(directory);
    // Programs take it for the name of their directory, if it is one.
    process.env["PWD"] = directory;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The agent's log is its standard error, which its head keeps in a file. */
function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
