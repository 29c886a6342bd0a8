/** Real servers of ssh on loopback ports of their own, for tests. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { expect, vi } from "vitest";
import { aliveBelow, PATIENCE } from "./world.ts";

const SSHD = "/usr/sbin/sshd";

/** Whether no server can be started here: it says why. */
export const noSshd = ((): boolean => {
  const why =
    process.getuid?.() !== 0
      ? "only root can start an sshd that lets root in"
      : existsSync(SSHD)
        ? undefined
        : `there is no ${SSHD}`;
  if (why !== undefined) console.warn(`Not tested against a real sshd: ${why}.`);
  return why !== undefined;
})();

export interface SshServer {
  readonly port: number;
  readonly pid: number;
  /** The public half of its host key, as in known_hosts. */
  readonly hostKey: string;
  /** What it logged so far. */
  readonly log: () => string;
  /** The processes of its connections, not of itself. */
  readonly connections: () => readonly number[];
}

/** Starts a server, with lines of sshd_config, that lets the keys in `authorized` in. */
export async function startSshd(
  hostKeyFile: string,
  authorized: string,
  start: (argv: readonly string[]) => ChildProcess,
  settings: readonly string[],
): Promise<SshServer> {
  // Where sshd lets its unprivileged half live.
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const port = await freePort();
  const options = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${hostKeyFile}`,
    `AuthorizedKeysFile ${authorized}`,
    "UsePAM no",
    "StrictModes no",
    "PidFile none",
    "LogLevel VERBOSE",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
  ];
  // Of two values of a setting sshd takes the first.
  const child = start([
    SSHD,
    "-f",
    "/dev/null",
    "-D",
    "-e",
    ...[...settings, ...options].flatMap((line) => ["-o", line.replace(" ", "=")]),
  ]);
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await vi.waitFor(() => expect(log).toContain("Server listening"), PATIENCE);
  const hostKey = readFileSync(`${hostKeyFile}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  const pid = child.pid ?? -1;
  return {
    port,
    pid,
    hostKey,
    log: () => log,
    connections: () => aliveBelow(pid).map((process) => process.pid),
  };
}

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  return port;
}

/** Lets a server listen on the loopback, or at `path`, and tells on which port. */
export async function listen(server: Server, path?: string): Promise<number> {
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
