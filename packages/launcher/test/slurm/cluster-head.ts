/**
 * A head that runs inside of a cluster as an ordinary user, and does what a test asks: transports are tried from
 * where programs use them, with the cluster's names, accounts and keys.
 */
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";
import { afterAll, beforeAll } from "vitest";
import type { NodeLauncherConfig } from "../../src/index.ts";
import type { FunctionName, HeadReply, HeadRequest } from "./programs/head-request.ts";

/** Where the cluster's users find this checkout, and Node.js. */
export const CHECKOUT = "/srv/checkout";
export const NODE = "/opt/node/node";
const HEAD = `${CHECKOUT}/packages/launcher/test/slurm/programs/head.ts`;

/** A cluster for the tests of the surrounding `describe`, whose users can run programs of this checkout. */
export function clusterForTests(options: Omit<TestbedOptions, "share">): () => Testbed {
  let cluster: Testbed | undefined;
  beforeAll(async () => {
    cluster = await clusterWithCheckout(options);
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());
  return () => {
    if (cluster === undefined) throw new Error("There is no cluster outside of tests");
    return cluster;
  };
}

const clusterWithCheckout = (options: Omit<TestbedOptions, "share">): Promise<Testbed> =>
  testbed({
    ...options,
    share: [
      { from: resolve(import.meta.dirname, "../../../.."), to: CHECKOUT },
      { from: dirname(realpathSync(process.execPath)), to: dirname(NODE) },
    ],
  });

export interface HeadOptions {
  /** Default `alice`. */
  readonly user?: string;
  /** The command that the head's own stands behind, such as `salloc`. Default: none. */
  readonly within?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A node that a head has connected to, with one worker on it. */
export interface HeadNode {
  readonly logFile: string;
  call(fn: FunctionName, input: unknown): Promise<unknown>;
  bulk(bytes: number): Promise<unknown>;
  many(calls: number): Promise<unknown>;
  /** Resolves with the reason when the node is lost. */
  lost(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Disposing of it kills it. */
export class ClusterHead implements AsyncDisposable {
  /** What its launchers have logged so far. */
  readonly logged: string[] = [];
  readonly #cluster: Testbed;
  /** An argument that no other process has: what the head stands behind is not the head. */
  readonly #mark = randomUUID();
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #home: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #errors = "";

  /** Starts a head on the login node, in its user's home. */
  constructor(cluster: Testbed, { user = "alice", within = [], env = {} }: HeadOptions = {}) {
    this.#cluster = cluster;
    this.#home = `/home/${user}`;
    this.#process = cluster.spawn("login", [...within, NODE, HEAD, this.#mark], { user, env });
    this.#ended = once(this.#process, "close").then(() => this.#end());
    this.#process.stderr?.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#process.stdin?.on("error", () => undefined);
    if (this.#process.stdout !== null)
      createInterface({ input: this.#process.stdout }).on("line", (line) => this.#hear(JSON.parse(line)));
  }

  /** Connects to `host`, null is the head's own machine. Logs are in the head's home, in a folder named `name`. */
  async open(
    host: string | null,
    config: Partial<NodeLauncherConfig> = {},
    { name = host ?? "local", ...options }: { readonly name?: string; readonly abortAfterMs?: number } = {},
  ): Promise<HeadNode> {
    const node = `${name}-${this.#lastId}`;
    const defaults = { logDir: `${this.#home}/logs/${name}`, compileCache: `${this.#home}/compiled` };
    const logFile = await this.ask({ do: "open", node, host, config: { ...defaults, ...config }, ...options });
    return {
      logFile: String(logFile),
      call: (fn, input) => this.ask({ do: "call", node, fn, input }),
      bulk: (bytes) => this.ask({ do: "bulk", node, bytes }),
      many: (calls) => this.ask({ do: "many", node, calls }),
      lost: () => this.ask({ do: "lost", node }),
      close: () => this.ask({ do: "close", node }),
    };
  }

  /** Lets its event loop stand still for so long. */
  block(ms: number): Promise<unknown> {
    return this.ask({ do: "block", ms });
  }

  ask(request: HeadRequest): Promise<unknown> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#process.stdin?.write(`${JSON.stringify({ id, request })}\n`);
    return waiting.promise;
  }

  /** SIGKILL, as from a system that is short of memory. */
  kill(): void {
    this.signal("SIGKILL");
  }

  /** To the head itself, and not to what it stands behind. */
  signal(signal: NodeJS.Signals): void {
    for (const { pid, argv } of this.#cluster.processes("login"))
      if (argv[0] === NODE && argv.includes(this.#mark)) process.kill(pid, signal);
    // nsenter, which has started it, stops itself when it stops.
    const { pid } = this.#process;
    if (signal !== "SIGSTOP" && pid !== undefined) process.kill(pid, "SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    // It may not have begun.
    this.#process.stdin?.end();
    this.kill();
    await this.#ended;
  }

  #hear(reply: HeadReply): void {
    if ("log" in reply) return void this.logged.push(reply.log);
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(Object.assign(new Error(reply.error.message), reply.error));
    else waiting?.resolve(reply.value);
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`The head has ended: ${this.#errors}`));
  }
}
