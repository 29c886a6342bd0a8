/** A head inside of a cluster that does what a test asks on its standard input. It ends with its input. */
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { AnyRemoteFunction } from "@hyperion-ts/remote";
import { type LaunchedWorker, type NodeLauncher, openNodeLauncher } from "../../../src/index.ts";
import { echo, square, zeros } from "../../functions.ts";
import { exit, freeze } from "../../functions/failing.ts";
import { place, print, sleep, untilKilled } from "./functions.ts";
import type { FunctionName, HeadReply, HeadRequest, NumberedRequest, ReplyError } from "./head-request.ts";

interface OpenNode {
  readonly launcher: NodeLauncher;
  readonly worker: LaunchedWorker;
}

const functions: Readonly<Record<FunctionName, AnyRemoteFunction>> = {
  square,
  freeze,
  exit,
  untilKilled,
  place,
  print,
  sleep,
  zeros,
};
const nodes = new Map<string, OpenNode>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { id, request }: NumberedRequest = JSON.parse(line);
    answer(request).then(
      (value) => reply({ id, value: value ?? null }),
      (error: unknown) => reply({ id, error: errorData(error) }),
    );
  })
  .on("close", () => process.exit());

const reply = (message: HeadReply): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const errorData = (error: unknown): ReplyError =>
  error instanceof Error
    ? {
        name: error.name,
        message: error.message,
        ...Object.fromEntries(Object.entries(error).filter(([, value]) => typeof value !== "object")),
      }
    : { name: "", message: String(error) };

async function answer(request: HeadRequest): Promise<unknown> {
  switch (request.do) {
    case "open":
      return openNode(request);
    case "call": {
      const value: unknown = await opened(request.node).worker.call(functions[request.fn], request.input);
      return value instanceof Uint8Array ? value.length : value;
    }
    case "bulk": {
      const sent = randomBytes(request.bytes);
      const got = await opened(request.node).worker.call(echo, sent);
      return got instanceof Uint8Array && sent.equals(got);
    }
    case "many": {
      const { worker } = opened(request.node);
      const squares = await Promise.all(Array.from({ length: request.calls }, (_, i) => worker.call(square, i)));
      return squares.filter((value, i) => value === i * i).length;
    }
    case "lost":
      return opened(request.node).launcher.lost;
    case "close":
      return opened(request.node).launcher[Symbol.asyncDispose]();
    case "block":
      return void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, request.ms);
    default:
      return request satisfies never;
  }
}

async function openNode({ node, host, config, abortAfterMs }: Extract<HeadRequest, { do: "open" }>): Promise<string> {
  const signal = abortAfterMs === undefined ? undefined : AbortSignal.timeout(abortAfterMs);
  const launcher = await openNodeLauncher(
    { ...config, log: (log) => reply({ log }) },
    host === null ? { type: "LocalHost" } : { type: "RemoteAddr", hostname: host },
    signal,
  );
  const worker = await launcher.launch({});
  nodes.set(node, { launcher, worker });
  return worker.logFile;
}

function opened(name: string): OpenNode {
  const node = nodes.get(name);
  if (node === undefined) throw new Error(`${name} was not opened`);
  return node;
}
