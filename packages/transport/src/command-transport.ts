/** Which transport reaches the other nodes. (Hyperion's CommandTransport) */
import { TransportError } from "./command-session.ts";
import type { AddressOf } from "./host-address.ts";
import type { NodeSshOptions } from "./node-ssh.ts";
import { srun, type SrunOptions } from "./srun.ts";
import { systemSsh, type SystemSshOptions } from "./system-ssh.ts";
import type { Transport } from "./transport.ts";

/**
 * - `node-ssh`: ssh in this process, by the rules of the system's ssh configuration and known_hosts. A host whose
 *   configuration asks for what it can't do is reached by the system's ssh, and the log says why. The default.
 * - `ssh`: the system's ssh, with all that it can.
 * - `srun`: a job step on each node, with frames over TLS.
 * - `custom`: a transport of your own.
 */
export type CommandTransport =
  | ({ readonly type: "node-ssh" } & NodeSshOptions)
  | ({ readonly type: "ssh" } & SystemSshOptions)
  | ({ readonly type: "srun" } & SrunOptions)
  | { readonly type: "custom"; readonly transport: Transport };

/** The transport that `choice` names. `log` hears when another one has to step in for a host. `addressOf` says where hosts are whose names can't be looked up. */
export function openTransport(choice: CommandTransport, log: (line: string) => void, addressOf?: AddressOf): Transport {
  switch (choice.type) {
    case "node-ssh":
      return nodeSshOrSystem(choice, log, addressOf);
    case "ssh":
      return systemSsh(choice, addressOf);
    case "srun":
      return srun(choice);
    case "custom":
      return choice.transport;
    default:
      return choice satisfies never;
  }
}

/** The system's ssh may get in where node-ssh does not: with Kerberos, with a certificate, with a security key. */
const nodeSshOrSystem = (
  options: NodeSshOptions,
  log: (line: string) => void,
  addressOf: AddressOf | undefined,
): Transport => ({
  open: async (host, argv, signal) => {
    // Not before it is needed: a worker loads this package with the user's functions.
    const { nodeSsh, systemSshOptions } = await import("./node-ssh.ts");
    try {
      return await nodeSsh(options, addressOf).open(host, argv, signal);
    } catch (error) {
      if (!(error instanceof TransportError) || (error.reason !== "unsupported" && error.reason !== "authentication"))
        throw error;
      log(`${host}: using the system's ssh, because node-ssh can't serve it: ${error.message}`);
      return await systemSsh(systemSshOptions(options), addressOf).open(host, argv, signal);
    }
  },
});
