/** A worker process as its agent sees it: started, pinned, watched, and cleaned up after. */
import type { Duplex } from "node:stream";
import {
  type Employ,
  encodeMessage,
  FrameFlag,
  FrameKind,
  FrameParser,
  FrameWriter,
  headerOf,
  setFrameChannel,
  type ToAgent,
  WireError,
  type WorkerExited,
} from "@hyperion-ts/wire/frames";
import type { Polling } from "../shared/polling.ts";
import { CallLine } from "./call-line.ts";
import { FrameOrigin, secretChannel } from "./frame-origin.ts";
import { watchStart } from "./hung-start.ts";
import type { OomKills } from "./oom-kills.ts";
import { isAnswer, isFromWorker } from "./worker-frames.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How long the frames of a process that has exited may take to arrive. */
const LAST_FRAMES_MS = 1_000;
const NOTHING = new Uint8Array(0);

type StartMessage = Extract<ToAgent, { type: "start" }>;

/** What a worker uses of its agent. */
export interface AgentParts {
  /** Where frames for the head go. */
  readonly toHead: FrameWriter;
  /** The agent's waits, which a frame of a worker ends. */
  readonly polling: Polling;
  /** Explains a death by SIGKILL. */
  readonly oomKills: OomKills;
  /** Hears why calls can't be sent ahead to a worker. */
  readonly noPermits: (error: unknown) => void;
  /** Says which limit a worker has met that does not come up. */
  readonly limitMet: (pid: number, hangs: boolean) => string | undefined;
}

/** Makes a process the worker that `message` asks for. */
export function employWorker(
  process: WorkerProcess,
  { channel, env, config }: StartMessage,
  parts: AgentParts,
): AgentWorker {
  const worker = new AgentWorker(channel, process, parts);
  worker.employ(env, config);
  return worker;
}

/** One worker as its agent has it. */
export class AgentWorker {
  /** The process id of the worker. */
  readonly pid: number;
  /** Resolves when the process is gone and its head was told. */
  readonly gone: Promise<void>;
  /** The number of its channel on the way to the head, and here. */
  readonly #channel: number;
  readonly #ownChannel = secretChannel();
  readonly #process: WorkerProcess;
  readonly #calls: CallLine;
  readonly #toWorker: FrameWriter;
  readonly #toHead: FrameWriter;
  readonly #polling: Polling;
  readonly #oomKills: OomKills;
  readonly #limitMet: AgentParts["limitMet"];
  /** Whether anything has come from it. */
  #cameUp = false;
  /** Which limit keeps it from coming up. */
  #limit: string | undefined;
  readonly #startWatch: Disposable;
  #stopped = false;
  /** Why it was ended by us. */
  #complaint: string | undefined;

  /** `channel` is its number on the way to the head. */
  constructor(channel: number, process: WorkerProcess, { toHead, polling, noPermits, oomKills, limitMet }: AgentParts) {
    const { frames, pid } = process.running;
    this.pid = pid;
    this.#channel = channel;
    this.#process = process;
    this.#toHead = toHead;
    this.#polling = polling;
    this.#oomKills = oomKills;
    this.#limitMet = limitMet;
    this.#toWorker = new FrameWriter(frames, { beforeFlush: () => this.#offer() });
    this.#calls = new CallLine(
      process.permits,
      this.#toWorker,
      (bytes) => toHead.frame(headerOf(FrameKind.credit, channel, bytes), NOTHING),
      noPermits,
    );
    this.#startWatch = watchStart(
      pid,
      () => limitMet(pid, true),
      (limit) => {
        this.#limit = limit;
        this.#process.running.signal("SIGKILL");
      },
    );
    this.gone = this.#watch(frames);
  }

  /** Tells the process which worker it is. */
  employ(env: Employ["env"], config: Employ["config"]): void {
    const message: Employ = { type: "employ", channel: this.#ownChannel, env, config };
    this.#toWorker.frame(headerOf(FrameKind.message, 0), encodeMessage(message));
  }

  /** Passes a frame on to the worker, when it may have it. */
  frame(kind: FrameKind, flags: number, frame: Buffer): void {
    setFrameChannel(frame, this.#ownChannel);
    this.#calls.frame(kind, flags, frame);
  }

  /** Takes back the calls that the worker has not begun, and returns how many they are. */
  takeBack(): number {
    this.#offer();
    return this.#calls.takeBack();
  }

  /** SIGTERM, and SIGKILL after `graceMs`; resolves as `gone` does. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#cameUp && !this.#stopped) this.#limit = this.#limitMet(this.pid, true);
    this.#stopped = true;
    await this.#process.running.stop(graceMs);
    await this.gone;
  }

  #offer(): void {
    try {
      this.#calls.offer();
    } catch (error) {
      this.#endFor(`the calls that were sent ahead to it can't be offered: ${messageOf(error)}`);
    }
  }

  async #watch(frames: Duplex): Promise<void> {
    const drained = this.#forwardFrames(frames);
    void drained.then(() => this.#expectEnd());
    const exit = await this.#process.running.exited;
    this.#startWatch[Symbol.dispose]();
    const killed =
      exit.signal === "SIGKILL" && !this.#stopped && this.#complaint === undefined && this.#limit === undefined;
    const outOfMemory = killed ? this.#oomKills.explain() : undefined;
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, LAST_FRAMES_MS).unref())]);
    frames.destroy();
    const unbegun = this.takeBack();
    if (!this.#cameUp && !this.#stopped) this.#limit ??= this.#limitMet(this.pid, false);
    const exited: WorkerExited = {
      exit,
      unbegun,
      begun: this.#calls.begun,
      lastOutput: this.#process.log.lastOutput(),
      complaint: this.#complaint,
      outOfMemory,
      limit: this.#limit,
    };
    // In line behind the results that the worker still sent.
    this.#toHead.frame(headerOf(FrameKind.exited, this.#channel), encodeMessage(exited));
    this.#process.permits?.[Symbol.dispose]();
    this.#process.log[Symbol.dispose]();
  }

  /** Resolves when the worker has closed its end. */
  #forwardFrames(frames: Duplex): Promise<void> {
    const origin = new FrameOrigin(this.#ownChannel);
    const parser = new FrameParser({
      frame: (received) => {
        const { kind, flags, channel, bytes, start, end } = received;
        origin.whole(channel, end - start);
        if (!isFromWorker(received))
          throw new WireError("bad-frame", `Received a frame that no worker sends (kind ${kind})`);
        const frame = bytes.subarray(start, end);
        setFrameChannel(frame, this.#channel);
        this.#toHead.forward(kind, frame);
        if (isAnswer(kind) && (flags & FrameFlag.more) === 0) this.#calls.answered();
      },
    });
    frames.on("data", (chunk: Buffer) => {
      this.#polling.called();
      if (!this.#cameUp) this.#startWatch[Symbol.dispose]();
      this.#cameUp = true;
      try {
        origin.came(chunk);
        parser.push(chunk);
        origin.wasCut(chunk);
        if (this.#calls.allAnswered) this.#polling.idle();
      } catch (error) {
        frames.destroy();
        // Nothing that it says can be trusted now.
        this.#endFor(
          `something in it writes to file descriptor 3, which carries its frames, so that they can't be read any more. ${messageOf(error)}`,
        );
      }
    });
    return new Promise((resolve) => {
      frames.on("error", (error) => {
        // The kernel says so, to whoever has sent it (unix(7), and unix_release_sock in the kernel's af_unix.c).
        if (isUnread(error)) this.#calls.unread();
        frames.destroy();
      });
      frames.on("close", resolve);
    });
  }

  /** Ends a worker that has closed its frames and lives on: it will never answer anything. */
  async #expectEnd(): Promise<void> {
    const { exited, hasEnded } = this.#process.running;
    const stays =
      hasEnded ||
      (await Promise.race([
        exited.then(() => false),
        new Promise((resolve) => setTimeout(resolve, LAST_FRAMES_MS, true).unref()),
      ]));
    if (stays === true && !this.#process.running.hasEnded && this.#complaint === undefined)
      this.#endFor("something in it has closed file descriptor 3, which carries its frames");
  }

  #endFor(complaint: string): void {
    this.#complaint = complaint;
    this.#process.running.signal("SIGKILL");
    this.#process.log.note(`This worker was ended: ${complaint}`);
  }
}

/** A worker that ended with something unread, or had ended before it was sent. */
const isUnread = (error: Error): boolean => "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
