/**
 * Nodes whose names no name server knows, as in clusters that are made on demand: the batch system has addresses of its
 * own for them. Such an address only stands in for the name: who is there is still verified by the host's key.
 */
import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { askProgram } from "./ask-program.ts";

/** The address of a host, as the batch system or somebody else knows it; undefined where nobody does. */
export type AddressOf = (host: string) => Promise<string | undefined>;

/** What ssh's configuration makes of a host. */
interface ConfiguredHost {
  readonly host: string;
  readonly hostname: string;
  readonly hostKeyAlias: string | undefined;
  readonly knownHostsFiles: readonly string[];
}

/**
 * Options of ssh with which `host` is found; none where its name can be looked up, or nobody knows better. Its key may be
 * known by the name or by the address.
 */
export async function addressOptions(
  { host, hostname, hostKeyAlias, knownHostsFiles }: ConfiguredHost,
  addressOf: AddressOf | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (addressOf === undefined || (await isFound(hostname))) return [];
  const address = await addressOf(host);
  if (address === undefined || address === hostname) return [];
  const alias =
    hostKeyAlias === undefined && (await isKnown(host, knownHostsFiles, signal)) ? ["-o", `HostKeyAlias=${host}`] : [];
  return ["-o", `HostName=${address}`, ...alias];
}

const isFound = (name: string): Promise<boolean> =>
  lookup(name).then(
    () => true,
    () => false,
  );

/** Whether one of the files has a key for the name. */
async function isKnown(name: string, files: readonly string[], signal: AbortSignal): Promise<boolean> {
  const answers = await Promise.all(
    files.filter((file) => existsSync(file)).map((file) => askProgram(["ssh-keygen", "-F", name, "-f", file], signal)),
  );
  return answers.some(({ stdout }) => stdout !== "");
}
