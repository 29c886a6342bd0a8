/** A worker process as its agent sees it: started, pinned, watched, and cleaned up after. */
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { encodeMessage, FrameKind, FrameParser, FrameWriter, type ToAgent } from "@hyperion-ts/wire";
import { type RunningCommand, runCmdLocalLog } from "../run-command.ts";
import type { WorkerEnd } from "../worker-death.ts";
import { ClaimFile } from "./claims.ts";
import type { ProcessTools } from "./host.ts";

/** How long the frames of a process that has exited may take to arrive. */
const LAST_FRAMES_MS = 1_000;
/** Enough for what a runtime prints when its memory is full: the stack follows the reason. */
const LAST_OUTPUT_BYTES = 4_096;

type StartMessage = Extract<ToAgent, { type: "start" }>;

export interface AgentWorker {
  readonly pid: number;
  readonly toWorker: FrameWriter;
  /** Resolves when the process is gone and its head was told. */
  readonly gone: Promise<void>;
  /** Takes note of a message that is about to be forwarded. */
  sent(kind: FrameKind): void;
  /** Lets the worker begin the calls that were counted. */
  offer(): void;
  /** Takes back the calls that it has not begun. */
  takeBack(): number;
  stop(graceMs: number): Promise<void>;
}

/** Starts a worker; its frames go to `toHead`. */
export async function startAgentWorker(message: StartMessage, tools: ProcessTools, toHead: FrameWriter, log: (line: string) => void): Promise<AgentWorker> {
  mkdirSync(dirname(message.logFile), { recursive: true });
  const logFd = openSync(message.logFile, "a+", 0o600);
  const claims = new ClaimFile();
  try {
    const streams = { log: logFd, claims: claims.fd };
    const argv = [...prefix(message, tools), ...message.command];
    const env = { ...message.env, ...workerVariables(message.channel, tools) };
    const logStart = fstatSync(logFd).size;
    const running = await runCmdLocalLog({ argv, env, streams }, log);
    return new WorkerOfAgent(message.channel, running, claims, { fd: logFd, start: logStart }, toHead);
  } catch (error) {
    claims[Symbol.dispose]();
    closeSync(logFd);
    throw error;
  }
}

/** The commands that become the worker: it dies with its agent, even in a synchronous loop, and is born on its CPUs. */
function prefix({ pinTo }: StartMessage, tools: ProcessTools): string[] {
  const dies = tools.setpriv ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
  const pinned = tools.taskset && pinTo !== null ? ["taskset", "-c", pinTo.join(",")] : [];
  return [...dies, ...pinned];
}

/** What a worker learns from its agent (worker/worker.ts and worker/orphan.ts read it). */
const workerVariables = (channel: number, { setpriv }: ProcessTools): Record<string, string> => ({
  HYPERION_CHANNEL: String(channel),
  HYPERION_AGENT_PID: String(process.pid),
  HYPERION_DIES_WITH_AGENT: setpriv ? "1" : "0",
});

class WorkerOfAgent implements AgentWorker {
  readonly pid: number;
  readonly toWorker: FrameWriter;
  readonly gone: Promise<void>;
  readonly #channel: number;
  readonly #running: RunningCommand;
  readonly #claims: ClaimFile;
  /** Its log file, and where in it its own output begins. */
  readonly #log: { readonly fd: number; readonly start: number };
  readonly #toHead: FrameWriter;
  /** Calls that are forwarded, and not offered yet. */
  #counted = 0;
  /** Calls that it began at once, without a claim. */
  #alone = 0;

  constructor(channel: number, running: RunningCommand, claims: ClaimFile, log: { readonly fd: number; readonly start: number }, toHead: FrameWriter) {
    if (running.frames === undefined) throw new Error("A worker was started without a socket pair for its frames");
    this.pid = running.pid;
    this.#channel = channel;
    this.#running = running;
    this.#claims = claims;
    this.#log = log;
    this.#toHead = toHead;
    this.toWorker = new FrameWriter(running.frames, () => this.offer());
    this.gone = this.#watch(running.frames);
  }

  sent(kind: FrameKind): void {
    if (kind === FrameKind.call) this.#counted += 1;
    else if (kind === FrameKind.callAlone) this.#alone += 1;
  }

  offer(): void {
    if (this.#counted === 0) return;
    this.#claims.offer(this.#counted);
    this.#counted = 0;
  }

  takeBack(): number {
    this.offer();
    return this.#claims.takeBack();
  }

  async stop(graceMs: number): Promise<void> {
    await this.#running.stop(graceMs);
    await this.gone;
  }

  async #watch(frames: Duplex): Promise<void> {
    const drained = this.#forwardFrames(frames);
    const exit = await this.#running.exited;
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, LAST_FRAMES_MS).unref())]);
    frames.destroy();
    const unbegun = this.takeBack();
    const exited: WorkerEnd = { exit, unbegun, begun: this.#claims.begun + this.#alone, lastOutput: this.#lastOutput() };
    // In line behind the results that the worker still sent.
    this.#toHead.frame(FrameKind.exited, 0, this.#channel, 0, encodeMessage(exited));
    this.#claims[Symbol.dispose]();
    closeSync(this.#log.fd);
  }

  /** Resolves when the worker has closed its end. */
  #forwardFrames(frames: Duplex): Promise<void> {
    const parser = new FrameParser({
      frame: (kind, _flags, channel, _id, bytes, start, end) => {
        if (channel === this.#channel) this.#toHead.forward(kind, bytes.subarray(start, end));
      },
    });
    frames.on("data", (chunk: Buffer) => {
      try {
        parser.push(chunk);
      } catch {
        // Something in the worker wrote to the descriptor of its frames: nothing it says can be trusted now.
        this.#running.signal("SIGKILL");
        frames.destroy();
      }
    });
    return new Promise((resolve) => {
      frames.on("error", () => frames.destroy());
      frames.on("close", resolve);
    });
  }

  #lastOutput(): string {
    const { size } = fstatSync(this.#log.fd);
    const length = Math.min(LAST_OUTPUT_BYTES, size - this.#log.start);
    const bytes = Buffer.alloc(Math.max(0, length));
    readSync(this.#log.fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8").trim();
  }
}
