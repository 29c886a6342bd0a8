/**
 * The floor under a remote call: raw buffers from this process through a relay to an echo process and back.
 *
 * The processes, the streams between them and the CPUs are those of a call (standard streams of a child, a socket pair on
 * descriptor 3 of a grandchild, which is pinned as a worker is); there is no codec, no credit and no queue. What a call
 * costs beyond this is ours.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { echoFrame, EchoKind, ECHO_HEADER_BYTES, frameCutter, targetOf } from "./echo-frame.ts";
import { frameOutput, type WriteMode } from "./frame-output.ts";

/** About what a call with a small input takes on its way. */
const MESSAGE_BYTES = 60;
const BULK_BYTES = 65_536;

/** What a relay is told on its command line. */
export interface RelayConfig {
  readonly writes: WriteMode;
  /** For each echo process: the CPUs that it is pinned to; null: it is not pinned. */
  readonly cpuLists: readonly (string | null)[];
}

/** Echo processes behind a relay. One thing at a time may be asked of it. Disposing of it ends the processes. */
export interface RelayedEcho extends AsyncDisposable {
  /** One small message to the first echo process and back. */
  roundTrip(): Promise<void>;
  /** `count` small messages there and back, `window` of them under way for each echo process. */
  pipelined(count: number, window: number): Promise<void>;
  /** So many bytes to the first echo process; resolves when it has read them. */
  upload(bytes: number): Promise<void>;
  /** So many bytes from the first echo process. */
  download(bytes: number): Promise<void>;
}

/** Starts a relay with an echo process for each of `cpuLists`, which `workerCpuLists` gives. Resolves when all answer. */
export async function openRelayedEcho(writes: WriteMode, cpuLists: readonly string[]): Promise<RelayedEcho> {
  const ours = allowedCpuList();
  const config: RelayConfig = { writes, cpuLists: cpuLists.map((list) => (list === ours ? null : list)) };
  const relay = fileURLToPath(new URL("relay-main.ts", import.meta.url));
  const child = spawn(process.execPath, [relay, JSON.stringify(config)], { stdio: ["pipe", "pipe", "inherit"] });
  const echo = new OpenRelayedEcho(child, writes, cpuLists.length);
  await echo.pipelined(cpuLists.length, 1);
  return echo;
}

const allowedCpuList = (): string => /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";

class OpenRelayedEcho implements RelayedEcho {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #write: (frame: Buffer) => void;
  readonly #messages: readonly Buffer[];
  #received: (frame: Buffer) => void = ignore;
  #failed: (error: Error) => void = ignore;

  constructor(child: ChildProcessByStdio<Writable, Readable, null>, writes: WriteMode, echos: number) {
    this.#child = child;
    this.#write = frameOutput(child.stdin, writes);
    this.#messages = Array.from({ length: echos }, (_, i) => echoFrame(i, EchoKind.echo, MESSAGE_BYTES));
    child.stdout.on("data", frameCutter((frame) => this.#received(frame)));
    child.once("exit", () => this.#failed(new Error("The relay of the echo ended while it was measured")));
  }

  roundTrip(): Promise<void> {
    return this.#exchange(1, () => this.#send(0));
  }

  pipelined(count: number, window: number): Promise<void> {
    let sent = 0;
    const send = (target: number): void => {
      if (sent === count) return;
      sent += 1;
      this.#send(target);
    };
    const begin = (): void => {
      for (let i = 0; i < window; i += 1) for (const target of this.#messages.keys()) send(target);
    };
    return this.#exchange(count, begin, (frame) => send(targetOf(frame)));
  }

  upload(bytes: number): Promise<void> {
    const bulk = echoFrame(0, EchoKind.swallow, BULK_BYTES);
    return this.#exchange(1, () => {
      for (let sent = 0; sent < bytes; sent += BULK_BYTES) this.#write(bulk);
      this.#send(0);
    });
  }

  download(bytes: number): Promise<void> {
    const bulk = echoFrame(0, EchoKind.repeat, BULK_BYTES);
    const count = Math.ceil(bytes / BULK_BYTES);
    bulk.writeUInt32LE(count, ECHO_HEADER_BYTES);
    return this.#exchange(count, () => this.#write(bulk));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.stdin.end();
    await exited;
  }

  #send(target: number): void {
    const message = this.#messages[target];
    if (message !== undefined) this.#write(message);
  }

  /** Resolves when so many frames have come back; `each` hears of every one. */
  #exchange(answers: number, begin: () => void, each: (frame: Buffer) => void = ignore): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = answers;
      this.#failed = reject;
      this.#received = (frame) => {
        each(frame);
        left -= 1;
        if (left === 0) resolve();
      };
      begin();
    });
  }
}

const ignore = (): void => undefined;
