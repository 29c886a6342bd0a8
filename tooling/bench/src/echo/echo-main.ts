/** An echo process, in a worker's place: frames on descriptor 3 as a worker has them, and nothing else. */
import { Socket } from "node:net";
import { ECHO_HEADER_BYTES, EchoKind, frameCutter, kindOf } from "./echo-frame.ts";
import { frameOutput, type WriteMode } from "./frame-output.ts";

const socket = new Socket({ fd: 3, readable: true, writable: true });
const output = frameOutput(socket, process.argv[2] as WriteMode);
const answer = (frame: Buffer): void => {
  const times = { [EchoKind.echo]: () => 1, [EchoKind.swallow]: () => 0, [EchoKind.repeat]: () => frame.readUInt32LE(ECHO_HEADER_BYTES) }[kindOf(frame)];
  for (let left = times?.() ?? 0; left > 0; left -= 1) output(frame);
};
socket.on("data", frameCutter(answer));
socket.on("close", () => process.exit(0));
socket.on("error", () => process.exit(0));
