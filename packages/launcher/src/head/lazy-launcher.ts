/**
 * A launcher on this machine whose agent starts with the first worker: a program that finds all its results in a database
 * needs none. What an agent would find out about the machine, this process finds out as well as one that it starts:
 * both have the same CPUs and cgroups.
 */
import { startDirectory } from "@hyperion-ts/remote";
import { hasTaskset } from "@hyperion-ts/processes";
import type { NodeMeasure } from "@hyperion-ts/wire";
import { hello } from "../shared/host/host.ts";
import type { NodePlace } from "./agent-connection.ts";
import type { NodeLauncher, NodeLauncherConfig } from "./node-launcher.ts";
import { openNodeLauncher } from "./open-node-launcher.ts";
import { nodeName, type WorkerAddr } from "./worker-addr.ts";
import type { LaunchedWorker, LaunchRequest } from "./worker-launcher.ts";

/**
 * A launcher of workers on this machine; its agent starts with the first of them. `failed` hears why the agent could not be
 * started, once: no worker comes up then, and who waits for one waits until the launcher is disposed of.
 */
export const lazyLauncher = (
  config: NodeLauncherConfig,
  addr: WorkerAddr & { readonly type: "LocalHost" },
  failed: (error: unknown) => void,
): NodeLauncher => new LazyLauncher(config, addr, failed);

class LazyLauncher implements NodeLauncher {
  readonly node: string;
  readonly host: NodeLauncher["host"];
  readonly lost: Promise<string>;
  readonly placed: Promise<NodePlace> = Promise.resolve({ directory: startDirectory, why: null });
  readonly #open: () => Promise<NodeLauncher>;
  readonly #failed: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #closed = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<string>();
  #agent: Promise<NodeLauncher> | undefined;
  /** The agent, when it is there. */
  #started: NodeLauncher | undefined;

  constructor(
    config: NodeLauncherConfig,
    addr: WorkerAddr & { readonly type: "LocalHost" },
    failed: (error: unknown) => void,
  ) {
    this.node = nodeName(addr);
    this.host = hello({ taskset: hasTaskset() }, { node: this.node, folders: config.jobCgroups ?? [] });
    this.lost = this.#lost.promise;
    this.#open = () => openNodeLauncher(config, addr, this.#closing.signal);
    this.#failed = failed;
  }

  async launch(request: LaunchRequest): Promise<LaunchedWorker> {
    this.#agent ??= this.#start();
    const agent = await this.#agent;
    return await agent.launch(request);
  }

  /** An agent that is being started is not waited for. */
  async measure(): Promise<NodeMeasure | undefined> {
    return this.#started?.measure();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("The launcher was closed"));
    this.#closed.resolve();
    const agent = await this.#agent?.catch(() => undefined);
    await agent?.[Symbol.asyncDispose]();
    this.#lost.resolve("the connection was closed");
  }

  async #start(): Promise<NodeLauncher> {
    try {
      const agent = await this.#open();
      this.#started = agent;
      void agent.lost.then(this.#lost.resolve);
      return agent;
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#failed(error);
      await this.#closed.promise;
      throw error;
    }
  }
}
