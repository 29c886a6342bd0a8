/**
 * The relay, in an agent's place: starts the echo processes and passes frames on, each way, unread but for where they go.
 * Without echo processes it is the echo itself.
 */
import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { answerEchos } from "./answer-echos.ts";
import { frameCutter, targetOf } from "./echo-frame.ts";
import { frameOutput } from "./frame-output.ts";
import type { RelayConfig } from "./relay-config.ts";
import { type RelayStreams, standardStreams, streamsOverTls } from "./relay-streams.ts";

const { writes, cpuLists, tls }: RelayConfig = JSON.parse(process.argv[2] ?? "null");
const streams = tls ? await streamsOverTls() : standardStreams();
if (cpuLists.length === 0) answerEchos(streams.input, streams.output, writes);
else relay(streams);
streams.input.on("close", () => process.exit(0));
streams.output.on("error", () => process.exit(0));

function relay({ input, output }: RelayStreams): void {
  const toHead = frameOutput(output, writes);
  const toEchos = cpuLists.map((cpuList) => startEcho(cpuList, toHead));
  input.on(
    "data",
    frameCutter((frame) => toEchos[targetOf(frame)]?.(frame)),
  );
}

function startEcho(cpuList: string | null, toHead: (frame: Buffer) => void): (frame: Buffer) => void {
  const node = [process.execPath, fileURLToPath(new URL("echo-main.ts", import.meta.url)), writes];
  const [file, ...args] = cpuList === null ? node : ["taskset", "-c", cpuList, ...node];
  const child = spawn(file ?? process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const socket = child.stdio[3];
  if (!(socket instanceof Duplex)) throw new Error("An echo process was started without a socket pair");
  socket.on("data", frameCutter(toHead));
  return frameOutput(socket, writes);
}
