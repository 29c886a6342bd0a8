/**
 * The agent: one on each node, between the head and the node's workers.
 *
 * head ⇄ agent: one byte stream. agent ⇄ worker: a socket pair each. Data frames pass through
 * as they are; messages on channel 0 are for the agent. It never stops reading, so that the
 * end of its input, which is the end of the head, ends it and its workers at once.
 */
import type { Readable, Writable } from "node:stream";
import { every } from "@hyperion-ts/bounds";
import {
  encodeMessage,
  FrameKind,
  FrameParser,
  type FrameReceiver,
  FrameWriter,
  type FromAgent,
  GREETING,
  HEADER_BYTES,
  parseMessage,
  PROTOCOL_VERSION,
  type ToAgent,
} from "@hyperion-ts/wire";
import { argumentHere, type PathsHere, pathsHere } from "../worker/folder-names.ts";
import { Polling } from "../polling/polling.ts";
import { endOrBecome } from "./become.ts";
import { hello } from "./host.ts";
import type { JobOnNode } from "./job-cpuset.ts";
import { endGuard, takeGuardNews } from "./guard.ts";
import { findProcessTools } from "@hyperion-ts/processes";
import { HeadLink } from "./head-link.ts";
import { type AgentWorker, employWorker } from "./agent-worker.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { OomKills } from "./oom-kills.ts";
import { Silence } from "../silence.ts";
import { SpareWorker } from "./spare-worker.ts";
import { NoRoomError, type WorkerProcess, WorkerProcesses } from "./worker-process.ts";

/** Set by a transport whose streams pass whole lines on only (srun, of the package transport). */
const LINE_STREAM = "HYPERION_LINE_STREAM";

type StartMessage = Extract<ToAgent, { type: "start" }>;

/** A head that does not answer the greeting for so long has given this agent up; its event loop may stand still for 30 s. */
const UNANSWERED_MS = 45_000;

/** How long workers get to end by themselves when the agent has to end. */
const END_GRACE_MS = 200;

export class Agent implements FrameReceiver {
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
  readonly #job: JobOnNode;
  #writer: FrameWriter;
  /** How the head's paths are written here. */
  #here: PathsHere = (path) => path;
  #link = HeadLink.ofSsh(process.env);
  readonly #unanswered = setTimeout(
    () => this.end(`the head did not answer the greeting within ${UNANSWERED_MS / 1_000} s`),
    UNANSWERED_MS,
  );
  readonly #silence = new Silence();
  /** What this process becomes when its head fell silent; nothing where it just ends. */
  #whenHeadIsLost: readonly string[] = [];
  /** A worker is gone, so that the next one takes its place. */
  #replacing = false;
  #ending = false;

  /** `job`: the batch job that this node is part of. */
  constructor(input: Readable, output: Writable, job: JobOnNode) {
    this.#job = job;
    this.#writer = this.#greet(output, process.env[LINE_STREAM] === "1");
    this.#listen(input);
  }

  frame(kind: FrameKind, flags: number, channel: number, _id: number, bytes: Buffer, start: number, end: number): void {
    if (channel === 0) {
      if (kind === FrameKind.message) this.#message(parseMessage<ToAgent>(bytes, start + HEADER_BYTES, end));
      return;
    }
    const worker = this.#running.get(channel);
    if (worker === undefined) return;
    if (kind === FrameKind.recall) this.#send({ type: "recalled", channel, unbegun: worker.takeBack() });
    worker.frame(kind, flags, bytes.subarray(start, end));
    if (kind === FrameKind.callAlone && flags === 0) this.#polling.idle();
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

  /** Says hello to a head on a stream, which goes on with frames. */
  #greet(output: Writable, lines: boolean): FrameWriter {
    output.write(GREETING);
    output.on("error", (error) => this.end(`can't write to the head: ${error.message}`));
    const writer = new FrameWriter(output, { lines });
    writer.frame(FrameKind.message, 0, 0, 0, encodeMessage(hello(this.#tools, this.#job)));
    return writer;
  }

  #listen(input: Readable): void {
    const parser = new FrameParser(this);
    input.on("data", (chunk: Buffer) => {
      this.#silence.heard();
      this.#polling.called();
      try {
        parser.push(chunk);
      } catch (error) {
        this.end(`the head sent something that is no frame: ${String(error)}`, 0);
      }
    });
    input.on("error", (error) => this.end(`can't read from the head: ${error.message}`));
    input.on("close", () => this.end("the head is gone"));
  }

  #message(message: ToAgent): void {
    switch (message.type) {
      case "environment":
        return void Object.assign(process.env, message.variables);
      case "configure":
        return this.#configure(message);
      case "connect":
        return void this.#connect(message);
      case "start":
        return this.#start(message);
      case "stop":
        return void this.#stop(message.channel, message.graceMs);
      case "shutdown":
        return this.end("the head has finished", message.graceMs);
      default:
        message satisfies never;
    }
  }

  /** Goes on over a connection of its own; the end of standard input still counts. */
  async #connect(message: Extract<ToAgent, { type: "connect" }>): Promise<void> {
    try {
      // TLS has its memory, and most agents do without it.
      const { callHead } = await import("./call-head.ts");
      const socket = await callHead(message, process.env);
      this.#link = HeadLink.ofSocket(socket);
      this.#writer = this.#greet(socket, false);
      this.#listen(socket);
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error), 0);
    }
  }

  #configure({
    version,
    heartbeatMs,
    silenceMs,
    trustAcknowledgements,
    directory,
    folderNames,
    whenHeadIsLost,
  }: Extract<ToAgent, { type: "configure" }>): void {
    clearTimeout(this.#unanswered);
    if (version !== PROTOCOL_VERSION)
      return this.end(
        `the head speaks version ${version} of the protocol, this agent ${PROTOCOL_VERSION}: install one version of hyperion-ts on all nodes`,
      );
    this.#whenHeadIsLost = whenHeadIsLost;
    every(heartbeatMs, () => {
      this.#oomKills.look();
      this.#writer.frame(FrameKind.heartbeat, 0, 0, 0, new Uint8Array(0));
      const silentMs = this.#silence.look(heartbeatMs);
      if (silenceMs === null || silentMs <= silenceMs) return;
      if (trustAcknowledgements && this.#link.acknowledges()) return;
      this.end(`nothing was heard from the head for ${Math.round(silentMs)} ms`, 0, this.#whenHeadIsLost);
    });
    this.#here = pathsHere(folderNames);
    const why = directory === null ? null : enter(this.#here(directory));
    this.#send({ type: "placed", directory: process.cwd(), why });
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
        this.#send({
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
      toHead: this.#writer,
      polling: this.#polling,
      oomKills: this.#oomKills,
      noClaims: (error) => this.#processes.noClaims(error),
      limitMet: (pid, hangs) => this.#processes.limitMet(pid, hangs),
    });
  }

  #started(message: StartMessage, worker: AgentWorker): AgentWorker {
    const { channel } = message;
    if (this.#replacing) this.#spare.prepare(message);
    this.#running.set(channel, worker);
    this.#send({ type: "started", channel, pid: worker.pid });
    const watch =
      message.memoryMb === null
        ? undefined
        : this.#memory.add(worker.pid, message.memoryMb, (usedMb) => this.#send({ type: "memory", channel, usedMb }));
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

  #send(message: FromAgent): void {
    this.#writer.frame(FrameKind.message, 0, 0, 0, encodeMessage(message));
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
