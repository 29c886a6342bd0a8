/**
 * Host keys that are known, from known_hosts files, and what they say of a key that a host shows. A key is never
 * trusted because it was seen first. `ssh-keygen -F` finds the lines, as it knows hashed names and patterns.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { askProgram } from "./ask-program.ts";
import { TransportError, type TransportFailure } from "./command-session.ts";
import type { SshConfig } from "./ssh-config.ts";

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownKey {
  /** The path of the file. */
  readonly file: string;
  /** The number of the line, from 1 on. */
  readonly line: number;
  /** A key of the host itself, one that signs certificates of hosts (`@cert-authority`), or one that is not trusted any more (`@revoked`). */
  readonly use: "host" | "authority" | "revoked";
  /** The type on the wire, such as `ssh-ed25519`. */
  readonly type: string;
  /** The key on the wire, in base64. */
  readonly key: string;
}

/** The lines that speak of a host. */
export interface KnownHost {
  /** The name that was looked for: `[host]:port` where the port is not 22. */
  readonly name: string;
  /** The files that were looked through; not all of them exist. */
  readonly files: readonly string[];
  /** The lines for `name`. */
  readonly keys: readonly KnownKey[];
  /** Lines for the host's name without its port: they can make a key known, but not wrong. */
  readonly anyPort: readonly KnownKey[];
}

/**
 * Looks a host up in its files.
 *
 * @throws TransportError "unsupported" where there is no `ssh-keygen`, and where ssh may trust an unknown host
 */
export async function lookUpKnownHost(config: SshConfig, signal: AbortSignal): Promise<KnownHost> {
  const plain = config.hostKeyAlias ?? config.hostname.toLowerCase();
  const name = config.hostKeyAlias !== undefined || config.port === 22 ? plain : `[${plain}]:${config.port}`;
  const look = async (wanted: string): Promise<readonly KnownKey[]> =>
    (await Promise.all(config.knownHostsFiles.map((file) => linesOf(wanted, file, signal)))).flat();
  const [keys, anyPort] = await Promise.all([look(name), name === plain ? [] : look(plain)]);
  if (config.trustsOtherwise && keys.length + anyPort.length === 0) throw new TransportError(letSshTrust(config));
  return { name, files: config.knownHostsFiles, keys, anyPort };
}

async function linesOf(name: string, file: string, signal: AbortSignal): Promise<readonly KnownKey[]> {
  if (!existsSync(file)) return [];
  // ssh-keygen exits with code 1 when it finds nothing.
  const { code, stdout, stderr } = await askProgram(["ssh-keygen", "-F", name, "-f", file], signal);
  if (code !== 0 && code !== 1)
    throw new TransportError({
      reason: "unsupported",
      message: `The host keys in ${file} can't be read (ssh-keygen -F): ${stderr}`,
    });
  return parseFoundLines(stdout, file);
}

/** Reads what `ssh-keygen -F` prints: before each line of the file one that tells its number. */
export function parseFoundLines(printed: string, file: string): readonly KnownKey[] {
  let line = 0;
  return printed.split("\n").flatMap((text): KnownKey[] => {
    const found = /^# Host .* found: line (\d+)/.exec(text)?.[1];
    if (found !== undefined) line = Number(found);
    const [, marker, type, key] = /^(@\S+\s+)?(?!#)\S+\s+(\S+)\s+([\w+/=]+)/.exec(text) ?? [];
    return type === undefined || key === undefined ? [] : [{ file, line, use: useOf(marker?.trim()), type, key }];
  });
}

const useOf = (marker: string | undefined): KnownKey["use"] =>
  marker === undefined ? "host" : marker === "@cert-authority" ? "authority" : "revoked";

/** The types of key that the host is known by, in the order of the files. */
export const knownTypes = ({ keys, anyPort }: KnownHost): readonly string[] => [
  ...new Set([...keys, ...anyPort].filter(({ use }) => use === "host").map(({ type }) => type)),
];

/** Why the key that `config`'s host shows can't be trusted; undefined when it is known. */
export function hostKeyProblem(shown: Buffer, known: KnownHost, config: SshConfig): TransportFailure | undefined {
  const key = shown.toString("base64");
  const type = keyType(shown);
  const all = [...known.keys, ...known.anyPort];
  const revoked = all.find((entry) => entry.use === "revoked" && entry.key === key);
  if (revoked !== undefined)
    return {
      reason: "host-key",
      message: `${config.host} shows a host key that ${revoked.file}:${revoked.line} revokes (${type} ${fingerprint(key)}). Don't connect to it; ask who runs that node.`,
    };
  if (all.some((entry) => entry.use === "host" && entry.key === key)) return undefined;
  const changed = known.keys.find((entry) => entry.use === "host" && entry.type === type);
  if (changed !== undefined) return changedKey(changed, { type, key }, known.name, config);
  return unknownKey(all, { type, key }, known, config);
}

interface ShownKey {
  readonly type: string;
  readonly key: string;
}

const changedKey = (expected: KnownKey, shown: ShownKey, name: string, { host }: SshConfig): TransportFailure => ({
  reason: "host-key",
  message: [
    `The host key of ${host} is not the one that ${expected.file}:${expected.line} has for ${name}.`,
    `  expected  ${expected.type} ${fingerprint(expected.key)}`,
    `  received  ${shown.type} ${fingerprint(shown.key)}`,
    `Somebody may be listening in. Only if you know why the key has changed, forget the old one: ssh-keygen -R '${name}' -f '${expected.file}'`,
  ].join("\n"),
});

function unknownKey(
  all: readonly KnownKey[],
  shown: ShownKey,
  { name, files }: KnownHost,
  config: SshConfig,
): TransportFailure {
  const { host } = config;
  const received = `${shown.type} ${fingerprint(shown.key)}`;
  const authority = all.find(({ use }) => use === "authority");
  if (authority !== undefined)
    return {
      reason: "unsupported",
      message: `${authority.file}:${authority.line} trusts ${host} by a certificate, which node-ssh can't check`,
    };
  if (config.trustsOtherwise) return letSshTrust(config);
  const others = all
    .filter(({ use }) => use === "host")
    .map(({ file, line, type }) => ` ${file}:${line} has one of another type (${type}).`);
  const place =
    files.length === 0
      ? "no file"
      : files.map((file) => (existsSync(file) ? file : `${file} (which is not there)`)).join(", ");
  return {
    reason: "host-key",
    message: [
      `The host key of ${host} is not known: it shows ${received}, and none for ${name} is in ${place}.${others.join("")}`,
      `Connect once by hand (ssh ${host}) and compare the fingerprint, or ask for a known_hosts file with the keys of all nodes (ssh-keyscan makes one).`,
    ].join("\n"),
  };
}

const letSshTrust = ({ host }: SshConfig): TransportFailure => ({
  reason: "unsupported",
  message: `the host key of ${host} is not known, and the ssh configuration lets ssh trust it nevertheless (StrictHostKeyChecking, VerifyHostKeyDNS or NoHostAuthenticationForLocalhost)`,
});

/** A key's type is the first string of it on the wire (RFC 4253, 6.6). */
const keyType = (key: Buffer): string =>
  key.length < 4 ? "" : key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");

/** As OpenSSH prints it. */
const fingerprint = (key: string): string =>
  `SHA256:${createHash("sha256").update(Buffer.from(key, "base64")).digest("base64").replace(/=+$/, "")}`;
