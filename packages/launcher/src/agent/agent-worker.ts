/** A worker process as its agent sees it: started, pinned, watched, and cleaned up after. */
import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { type Employ, encodeMessage, FrameFlag, FrameKind, FrameParser, FrameWriter, HEADER_BYTES, parseMessage, type ToAgent, WireError, type WorkerExited } from "@hyperion-ts/wire";
import type { FramedProcess } from "../local-process.ts";
import type { ClaimFile } from "./claims.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How long the frames of a process that has exited may take to arrive. */
const LAST_FRAMES_MS = 1_000;
/** Enough for what a runtime prints when its memory is full: the stack follows the reason. */
const LAST_OUTPUT_BYTES = 4_096;
/** An answer begins with the time that the call ran. */
const MIN_ANSWER_BYTES = HEADER_BYTES + 4;

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

/** Makes a process the worker that `message` asks for; its frames go to `toHead`. */
export function employWorker(process: WorkerProcess, { channel, env, config }: StartMessage, toHead: FrameWriter): AgentWorker {
  const worker = new WorkerOfAgent(channel, process, toHead);
  const message: Employ = { type: "employ", channel, env, config };
  worker.toWorker.frame(FrameKind.message, 0, 0, 0, encodeMessage(message));
  return worker;
}

class WorkerOfAgent implements AgentWorker {
  readonly pid: number;
  readonly toWorker: FrameWriter;
  readonly gone: Promise<void>;
  readonly #channel: number;
  readonly #running: FramedProcess;
  readonly #claims: ClaimFile;
  readonly #log: WorkerProcess["log"];
  readonly #toHead: FrameWriter;
  /** Calls that are forwarded, and not offered yet. */
  #counted = 0;
  /** Calls that it began at once, without a claim. */
  #alone = 0;
  /** Why it was ended by us. */
  #complaint: string | undefined;

  constructor(channel: number, { running, claims, log }: WorkerProcess, toHead: FrameWriter) {
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
    const exited: WorkerExited = { exit, unbegun, begun: this.#claims.begun + this.#alone, lastOutput: this.#lastOutput(), complaint: this.#complaint };
    // In line behind the results that the worker still sent.
    this.#toHead.frame(FrameKind.exited, 0, this.#channel, 0, encodeMessage(exited));
    this.#claims[Symbol.dispose]();
    closeSync(this.#log.fd);
  }

  /** Resolves when the worker has closed its end. */
  #forwardFrames(frames: Duplex): Promise<void> {
    const parser = new FrameParser({
      frame: (kind, flags, channel, _id, bytes, start, end) => {
        if (channel !== this.#channel || !isFromWorker(kind, flags, bytes, start, end)) throw new WireError("bad-frame", `Received a frame that no worker sends (kind ${kind}, channel ${channel})`);
        this.#toHead.forward(kind, bytes.subarray(start, end));
      },
    });
    frames.on("data", (chunk: Buffer) => {
      try {
        parser.push(chunk);
      } catch (error) {
        frames.destroy();
        this.#distrust(error instanceof Error ? error.message : String(error));
      }
    });
    return new Promise((resolve) => {
      frames.on("error", () => frames.destroy());
      frames.on("close", resolve);
    });
  }

  /** Something in the worker wrote to the descriptor of its frames: nothing that it says can be trusted now. */
  #distrust(what: string): void {
    this.#complaint = `something in it writes to file descriptor 3, which carries its frames, so that they can't be read any more. ${what}`;
    this.#running.signal("SIGKILL");
    try {
      writeSync(this.#log.fd, `This worker was ended: ${this.#complaint}\n`);
    } catch {
      // The disk is full: the head is told in any case.
    }
  }

  #lastOutput(): string {
    try {
      const { size } = fstatSync(this.#log.fd);
      const length = Math.min(LAST_OUTPUT_BYTES, size - this.#log.start);
      const bytes = Buffer.alloc(Math.max(0, length));
      readSync(this.#log.fd, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString("utf8").trim();
    } catch {
      // The disk fails: that is no reason not to tell of the worker's end.
      return "";
    }
  }
}

/** What the head can read without harm: whatever its payload is, it costs no more than this worker's calls. */
function isFromWorker(kind: FrameKind, flags: number, bytes: Buffer, start: number, end: number): boolean {
  if (kind === FrameKind.result || kind === FrameKind.failure) return end - start >= MIN_ANSWER_BYTES || (flags & FrameFlag.continued) !== 0;
  if (kind === FrameKind.message) parseMessage(bytes, start + HEADER_BYTES, end);
  return kind === FrameKind.message || kind === FrameKind.credit;
}
