/**
 * ssh in this process: node-ssh, by the rules of the system's ssh configuration, host keys and agent. Frames travel on
 * the one channel of the one connection. What it can't do for a host is a `TransportError` "unsupported": the system's
 * ssh can.
 */
import { loginShellCommand } from "@hyperion-ts/processes";
import type { AddressOf } from "./host-address.ts";
import { type ConnectionAttempt, openSshConnection } from "./ssh-connection.ts";
import { startSession } from "./ssh-session.ts";
import type { Transport } from "./transport.ts";
import { type NodeSshOptions, SSH_DEFAULTS, type SystemSshOptions } from "./transport-options.ts";

/** A transport that connects from this process. `open` loads the libraries when it is first called. `addressOf` says where hosts are whose names can't be looked up. */
export const nodeSsh = (options: NodeSshOptions = {}, addressOf?: AddressOf): Transport => ({
  open: async (host, argv, signal) => {
    const line = loginShellCommand(argv);
    signal.throwIfAborted();
    const resources = new DisposableStack();
    const giveUp = (): void => resources.dispose();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const connection = await openSshConnection(
        host,
        hostOptions(options),
        attempt(options, addressOf, resources, signal),
      );
      const session = await startSession(connection, line, resources);
      signal.throwIfAborted();
      return session;
    } catch (error) {
      resources.dispose();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  },
});

/** The system's ssh with the same options. */
export const systemSshOptions = (options: NodeSshOptions): SystemSshOptions => ({
  options: [...configOptions(options), ...hostOptions(options)],
});

const attempt = (
  options: NodeSshOptions,
  addressOf: AddressOf | undefined,
  resources: DisposableStack,
  signal: AbortSignal,
): ConnectionAttempt => ({
  options: configOptions(options),
  addressOf,
  times: {
    connectTimeoutMs: options.connectTimeoutMs,
    keepaliveMs: options.keepaliveMs ?? SSH_DEFAULTS.keepaliveMs,
    keepaliveCount: options.keepaliveCount ?? SSH_DEFAULTS.keepaliveCount,
  },
  resources,
  signal,
});

const configOptions = ({ configFile }: NodeSshOptions): readonly string[] =>
  configFile === undefined ? [] : ["-F", configFile];

const hostOptions = ({ user, port, identityFiles = [] }: NodeSshOptions): readonly string[] => [
  ...(user === undefined ? [] : ["-l", user]),
  ...(port === undefined ? [] : ["-p", String(port)]),
  ...identityFiles.flatMap((file) => ["-i", file]),
];
