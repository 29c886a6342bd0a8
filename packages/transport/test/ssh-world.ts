/**
 * What a test of ssh owns: real servers on loopback ports of their own, with host keys, accounts' keys and configuration
 * files of their own, and never those of the person. Disposing of it ends the servers and everything below them.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { accessSync, appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pidsWith, sendSignal, signalEach } from "@hyperion-ts/processes";
import { afterAll, expect, vi } from "vitest";
import { nodeSsh } from "../src/node-ssh.ts";
import type { NodeSshOptions } from "../src/transport-options.ts";
import type { CommandSession, TransportReason } from "../src/command-session.ts";
import { listen, type SshServer, startSshd } from "./ssh-server.ts";
import { aliveBelow, PATIENCE } from "./world.ts";

export interface SshWorld extends AsyncDisposable {
  readonly folder: string;
  readonly configFile: string;
  readonly knownHosts: string;
  /** Starts a server, with lines of sshd_config. */
  readonly sshd: (...settings: readonly string[]) => Promise<SshServer>;
  /** Adds a host to the configuration, reached at `port`, with lines of ssh_config that win over the common ones. */
  readonly host: (name: string, port: number, ...settings: readonly string[]) => void;
  /** Adds a line to known_hosts. */
  readonly know: (port: number, key: string, marker?: string) => void;
  /** Makes a pair of keys and returns the file of the private half. */
  readonly key: (name: string, options?: readonly string[]) => string;
  /** Lets a key in, on all servers. */
  readonly authorize: (file: string) => void;
  /** A program that is ended with the world. */
  readonly start: (argv: readonly string[]) => ChildProcess;
  /** Runs a program to its end. */
  readonly run: (...argv: readonly string[]) => void;
  /** Lets a server listen on the loopback, or at `path`, as long as the world is there, and tells on which port. */
  readonly listen: (server: Server, path?: string) => Promise<number>;
  /** Closes all connections to those servers. */
  readonly hangUp: () => void;
  /** Connects by the configuration. */
  readonly open: (
    host: string,
    argv: readonly string[],
    options?: NodeSshOptions & { readonly signal?: AbortSignal },
  ) => Promise<CommandSession>;
}

/** Worlds that are in use. A test that took too long goes on waiting and never disposes of its own. */
const worlds = new Set<SshWorld>();
afterAll(() => Promise.all([...worlds].map((world) => world[Symbol.asyncDispose]())));

export function sshWorld(): SshWorld {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-ts-ssh-"));
  const configFile = join(folder, "ssh_config");
  const knownHosts = join(folder, "known_hosts");
  const authorized = join(folder, "authorized_keys");
  for (const file of [configFile, knownHosts]) writeFileSync(file, "");
  const owned = new AsyncDisposableStack();
  owned.defer(() => rmSync(folder, { recursive: true, force: true }));
  // Sessions have another home folder: in the person's own the login shell has a start-up file, which takes its time.
  const home = `HOME=${folder}`;
  // What a session has started outlives it.
  owned.defer(() => pidsWith(home).forEach((pid) => sendSignal(pid, "SIGKILL")));
  const run = (program = "", ...args: readonly string[]): void => void execFileSync(program, args, { stdio: "ignore" });
  const key = (name: string, options: readonly string[] = ["-t", "ed25519", "-N", ""]): string => {
    run("ssh-keygen", "-q", "-C", name, "-f", join(folder, name), ...options);
    return join(folder, name);
  };
  const start = (argv: readonly string[]): ChildProcess => {
    const [program = "", ...args] = argv;
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    owned.defer(() => end(child));
    return child;
  };
  const sockets: Socket[] = [];
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  owned.defer(hangUp);
  let servers = 0;
  const world: SshWorld = {
    folder,
    configFile,
    knownHosts,
    key,
    start,
    run,
    listen: (server, path) => {
      server.on("connection", (socket) => sockets.push(socket.on("error", () => undefined)));
      owned.defer(() => void server.close());
      return listen(server, path);
    },
    hangUp,
    sshd: (...settings) =>
      startSshd(key(`host_key_${(servers += 1)}`), authorized, start, [...settings, `SetEnv ${home}`]),
    host: (name, port, ...settings) =>
      appendFileSync(
        configFile,
        [`Host ${name}`, ...settings, "HostName 127.0.0.1", `Port ${port}`, ...common(folder), ""].join("\n"),
      ),
    know: (port, hostKey, marker = "") =>
      appendFileSync(knownHosts, `${marker} [127.0.0.1]:${port} ${hostKey}\n`.trimStart()),
    authorize: (file) => appendFileSync(authorized, readFileSync(`${file}.pub`)),
    open: (host, argv, { signal = new AbortController().signal, ...options } = {}) =>
      nodeSsh({ configFile, ...options }).open(host, argv, signal),
    [Symbol.asyncDispose]: async () => {
      worlds.delete(world);
      await owned.disposeAsync();
    },
  };
  worlds.add(world);
  return world;
}

/** A world with a server that is known, under the name "n1", and that lets us in. */
export async function reachableNode(
  ...settings: readonly string[]
): Promise<AsyncDisposable & { readonly world: SshWorld; readonly server: SshServer }> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(sshWorld());
  const server = await world.sshd(...settings);
  world.authorize(world.key("id"));
  world.host("n1", server.port);
  world.know(server.port, server.hostKey);
  const owned = stack.move();
  return { world, server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Runs a command to its end, and returns what it wrote. */
export async function run(world: SshWorld, host: string, ...argv: readonly string[]): Promise<string> {
  await using session = await world.open(host, argv);
  const output = await text(session.stdout);
  expect(await session.ended).toEqual({ type: "exited", code: 0, signal: null });
  return output;
}

/** What a `TransportError` is like. */
export const failure = (reason: TransportReason, message: RegExp) => ({
  code: "transport-failed",
  reason,
  message: expect.stringMatching(message),
});

/** Starts an agent that holds these keys, and returns its socket. */
export async function sshAgent(world: SshWorld, keys: readonly string[]): Promise<string> {
  const socket = join(world.folder, `agent-${randomUUID()}`);
  world.start(["ssh-agent", "-D", "-a", socket]);
  await vi.waitFor(() => accessSync(socket), PATIENCE);
  world.run("env", `SSH_AUTH_SOCK=${socket}`, "ssh-add", "-q", ...keys);
  return socket;
}

const common = (folder: string): readonly string[] => [
  "User root",
  `IdentityFile ${join(folder, "id")}`,
  "IdentityAgent none",
  `UserKnownHostsFile ${join(folder, "known_hosts")}`,
  "GlobalKnownHostsFile none",
  "StrictHostKeyChecking yes",
];

async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalEach(aliveBelow(pid), "SIGKILL");
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
