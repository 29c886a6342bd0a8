/** The worker's program. It waits to be told what it is to be, then runs calls until its agent closes the stream of frames or kills it. */
import { Socket } from "node:net";
import { enterWorker } from "@hyperion-ts/remote";
import { type Employ, FrameParser, FrameWriter, HEADER_BYTES, parseMessage } from "@hyperion-ts/wire";
import { hideCompileCache } from "../shared/compile-cache-variables.ts";
import { functionHere } from "./call-origin.ts";
import { dieWithAgent, endGroup } from "./orphan.ts";
import { Worker } from "./worker.ts";

hideCompileCache();
runWorker();

function runWorker(): void {
  dieWithAgent();
  const socket = new Socket({ fd: 3, readable: true, writable: true });
  const writer = new FrameWriter(socket);
  let worker: Worker | undefined;
  const parser = new FrameParser({
    frame: (frame) => {
      const { channel, bytes, start, end } = frame;
      if (channel === 0) worker = employ(parseMessage<Employ>(bytes, start + HEADER_BYTES, end), writer);
      else worker?.frame(frame);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      parser.push(chunk);
      worker?.turn();
    } catch (error) {
      if (worker === undefined) throw error;
      worker.broken(error);
    }
  });
  socket.on("close", endGroup);
  socket.on("error", endGroup);
}

function employ({ channel, env, config }: Employ, writer: FrameWriter): Worker {
  enterWorker(functionHere);
  Object.assign(process.env, env);
  const worker = new Worker(config, channel, writer);
  worker.ready();
  return worker;
}
