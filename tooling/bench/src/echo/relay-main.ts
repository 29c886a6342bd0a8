/** The relay, in an agent's place: starts the echo processes and passes frames on, each way, unread but for where they go. */
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { frameCutter, targetOf } from "./echo-frame.ts";
import { frameOutput } from "./frame-output.ts";
import type { RelayConfig } from "./relayed-echo.ts";

const config = JSON.parse(process.argv[2] ?? "null") as RelayConfig;
const input = new Socket({ fd: 0, readable: true, writable: false });
const toHead = frameOutput(new Socket({ fd: 1, readable: false, writable: true }), config.writes);
const toEchos = config.cpuLists.map(startEcho);

input.on("data", frameCutter((frame) => toEchos[targetOf(frame)]?.(frame)));
input.on("close", () => process.exit(0));

function startEcho(cpuList: string | null): (frame: Buffer) => void {
  const node = [process.execPath, fileURLToPath(new URL("echo-main.ts", import.meta.url)), config.writes];
  const [file, ...args] = cpuList === null ? node : ["taskset", "-c", cpuList, ...node];
  const child = spawn(file ?? process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const socket = child.stdio[3];
  if (!(socket instanceof Duplex)) throw new Error("An echo process was started without a socket pair");
  socket.on("data", frameCutter(toHead));
  return frameOutput(socket, config.writes);
}
