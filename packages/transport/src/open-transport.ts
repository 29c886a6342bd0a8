/** From the choice of a transport to the transport. */
import { TransportError } from "./command-session.ts";
import type { AddressOf } from "./host-address.ts";
import { srun } from "./srun.ts";
import { systemSsh } from "./system-ssh.ts";
import type { Transport } from "./transport.ts";
import type { CommandTransport, NodeSshOptions } from "./transport-options.ts";

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
