/** Servers that do the handshake as they should and then something that no sshd can be brought to do at will. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import ssh2, { type AuthContext, type Session } from "ssh2";
import type { SshWorld } from "./ssh-world.ts";

/** What a server does at each step; by default it lets in whoever asks, and answers nothing any more. */
export interface Behaviour {
  readonly login?: (context: AuthContext) => void;
  /** Somebody wants to run a command. */
  readonly command?: (session: Session) => void;
  /** Somebody wants a connection to another host. */
  readonly forward?: () => void;
  readonly refusesSessions?: boolean;
}

/** Starts one that `world` knows under `name`, and returns its port. */
export async function faultyServer(
  world: SshWorld,
  name: string,
  { login = (context) => context.accept(), command, forward, refusesSessions = false }: Behaviour,
): Promise<number> {
  const hostKey = world.key(`host_key_of_${name}`);
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", login);
    client.on("tcpip", () => forward?.());
    client.on("session", (accept, reject) => (refusesSessions ? reject() : command?.(accept())));
  });
  const port = await world.listen(createServer((socket) => server.injectSocket(socket)));
  world.host(name, port);
  world.know(port, readFileSync(`${hostKey}.pub`, "utf8").trim());
  return port;
}
