/** A launcher on another machine: attempts to reach it through the transport of one's choice, until there is an agent. */
import { after, makeDirectory, showDuration } from "@hyperion-ts/bounds";
import { type CommandSession, openTransport, TransportError, withAttempts } from "@hyperion-ts/transport";
import { openHeadPort } from "@hyperion-ts/transport/link";
import { remoteAgentCommand } from "./agent-command.ts";
import { openAgentLauncher } from "./agent-launcher.ts";
import { type Reach, reachOf, type Times, timesOf } from "./launcher-options.ts";
import type { NodeLauncher, NodeLauncherConfig } from "./node-launcher.ts";
import { type NodeSurroundings, surroundingsOfThisProcess } from "./node-surroundings.ts";
import { LaunchError } from "../errors.ts";

/**
 * Connects to `host`. An abort of `signal` gives up.
 *
 * @throws LaunchError when the node can't be reached, or no agent comes up there; on an abort, the signal's reason
 */
export async function openRemoteLauncher(
  config: NodeLauncherConfig,
  host: string,
  signal: AbortSignal,
): Promise<NodeLauncher> {
  const { logDir, throttle = (handshake) => handshake(), log = () => undefined } = config;
  const { attempts, pauseMs, patienceMs } = reachOf(config);
  makeDirectory(logDir, { mode: 0o700 });
  const remote = new RemoteNode(config, host, log);
  return withAttempts(
    {
      attempts,
      pauseMs,
      patienceMs,
      isTransient: (error) => error instanceof LaunchError && error.transient,
      waiting: (error, number, pauseMs) =>
        log(
          `${host}: attempt ${number} of ${attempts} failed, the next one comes in ${showDuration(pauseMs)}: ${error instanceof Error ? error.message : String(error)}`,
        ),
    },
    signal,
    (number) => throttled(throttle, (handshakeOver) => remote.open(number, signal, handshakeOver)),
  );
}

/** Runs `open` when its handshake may begin; what comes behind the handshake holds up no other one. */
async function throttled<A>(
  throttle: (handshake: () => Promise<void>) => Promise<void>,
  open: (handshakeOver: () => void) => Promise<A>,
): Promise<A> {
  let opening: Promise<A> | undefined;
  await throttle(() => {
    const { promise, resolve } = Promise.withResolvers<void>();
    opening = open(resolve);
    opening.then(
      () => resolve(),
      () => resolve(),
    );
    return promise;
  });
  if (opening === undefined) throw new Error("The handshake was not run");
  return opening;
}

/** Another machine, and what is needed for each attempt to reach it. */
class RemoteNode {
  readonly #config: NodeLauncherConfig;
  readonly #host: string;
  readonly #reach: Reach;
  readonly #log: (line: string) => void;

  constructor(config: NodeLauncherConfig, host: string, log: (line: string) => void) {
    this.#config = config;
    this.#host = host;
    this.#reach = reachOf(config);
    this.#log = log;
  }

  async open(number: number, signal: AbortSignal, handshakeOver: () => void): Promise<NodeLauncher> {
    signal.throwIfAborted();
    const { isPaused, whenHeadIsLost } = this.#config;
    const { tls } = this.#reach;
    await using parts = new AsyncDisposableStack();
    // Before the session, which would be left behind if there were no port.
    const headPort = tls ? (this.#reach.headPort ?? parts.use(await openHeadPort())) : undefined;
    const surroundings = surroundingsOfThisProcess();
    const session = await this.#session(number, timesOf(this.#config), surroundings, signal);
    if (session.loggedIn) handshakeOver();
    const times = timesOf(this.#config, session.direct || tls ? "direct" : "detour");
    return await openAgentLauncher(
      session,
      {
        node: this.#host,
        settings: { times, surroundings, isPaused, whenHeadIsLost },
        headPort,
        signal,
      },
      this.#config.logDir,
      { ...this.#config, node: this.#host },
    );
  }

  async #session(
    number: number,
    { connectTimeoutMs }: Times,
    { folderNames }: NodeSurroundings,
    signal: AbortSignal,
  ): Promise<CommandSession> {
    const late = new AbortController();
    using _late = after(connectTimeoutMs, () => late.abort());
    try {
      return await openTransport(this.#reach.transport, this.#log, this.#reach.addressOf).open(
        this.#host,
        remoteAgentCommand({ ...this.#config, node: this.#host }, folderNames),
        AbortSignal.any([signal, late.signal]),
      );
    } catch (cause) {
      signal.throwIfAborted();
      const what = late.signal.aborted
        ? `no connection within ${showDuration(connectTimeoutMs)}`
        : cause instanceof Error
          ? cause.message
          : String(cause);
      const attempts = number === 1 ? "" : ` (attempt ${number})`;
      throw new LaunchError(this.#host, `the agent on ${this.#host}${attempts}: ${what}`, {
        cause,
        transient: late.signal.aborted || (cause instanceof TransportError && cause.reason === "unreachable"),
      });
    }
  }
}
