/** An echo process, in a worker's place: frames on descriptor 3 as a worker has them, and nothing else. */
import { Socket } from "node:net";
import { answerEchos } from "./answer-echos.ts";
import type { WriteMode } from "./frame-output.ts";

const socket = new Socket({ fd: 3, readable: true, writable: true });
answerEchos(socket, socket, process.argv[2] as WriteMode);
socket.on("close", () => process.exit(0));
socket.on("error", () => process.exit(0));
