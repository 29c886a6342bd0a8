/** Which algorithms are offered to a host: those that the configuration allows and ssh2 has, in an order of our own. Pure. */
import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import { TransportError } from "./command-session.ts";
import type { SshConfig } from "./ssh-config.ts";

/** The algorithms of ssh2, without those that it has for old servers only. Of the ciphers the quickest in Node comes first. */
const CIPHERS: readonly CipherAlgorithm[] = [
  "aes128-gcm@openssh.com",
  "aes256-gcm@openssh.com",
  "aes128-ctr",
  "aes192-ctr",
  "aes256-ctr",
  "chacha20-poly1305@openssh.com",
];
const MACS: readonly MacAlgorithm[] = [
  "hmac-sha2-256-etm@openssh.com",
  "hmac-sha2-512-etm@openssh.com",
  "hmac-sha1-etm@openssh.com",
  "hmac-sha2-256",
  "hmac-sha2-512",
  "hmac-sha1",
];
const KEX: readonly KexAlgorithm[] = [
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "ecdh-sha2-nistp256",
  "ecdh-sha2-nistp384",
  "ecdh-sha2-nistp521",
  "diffie-hellman-group-exchange-sha256",
  "diffie-hellman-group14-sha256",
  "diffie-hellman-group16-sha512",
  "diffie-hellman-group18-sha512",
];
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
];

/**
 * What is offered to a host whose known keys have these types: they come first, so that the host shows a key that
 * we can compare.
 *
 * @throws TransportError "unsupported" when the configuration leaves nothing
 */
export function offeredAlgorithms({ host, algorithms }: SshConfig, knownTypes: readonly string[]): Algorithms {
  const known = HOST_KEYS.filter((name) => knownTypes.includes(keyTypeOf(name)));
  if (known.length === 0 && knownTypes.length > 0) throw noneLeft(host, "known host key", knownTypes);
  const hostKeys = allowed(host, "HostKeyAlgorithms", algorithms.hostKey, HOST_KEYS);
  return {
    serverHostKey: [
      ...hostKeys.filter((name) => known.includes(name)),
      ...hostKeys.filter((name) => !known.includes(name)),
    ],
    cipher: quickestFirst(allowed(host, "Ciphers", algorithms.cipher, CIPHERS)),
    hmac: [...allowed(host, "MACs", algorithms.mac, MACS)],
    kex: [...allowed(host, "KexAlgorithms", algorithms.kex, KEX)],
    compress: ["none"],
  };
}

/** An RSA key signs by several algorithms. */
const keyTypeOf = (algorithm: ServerHostKeyAlgorithm): string =>
  algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;

function allowed<A extends string>(
  host: string,
  setting: string,
  configured: readonly string[],
  supported: readonly A[],
): readonly A[] {
  const names = configured.flatMap((name) => supported.find((one) => one === name) ?? []);
  if (names.length === 0) throw noneLeft(host, setting, configured);
  return names;
}

/** OpenSSH's own order begins with ChaCha20, which is slow in Node. An order that begins otherwise was written by a person, and holds. */
const quickestFirst = (ciphers: readonly CipherAlgorithm[]): CipherAlgorithm[] =>
  ciphers[0] === "chacha20-poly1305@openssh.com" ? CIPHERS.filter((name) => ciphers.includes(name)) : [...ciphers];

const noneLeft = (host: string, what: string, names: readonly string[]): TransportError =>
  new TransportError({
    reason: "unsupported",
    message: `node-ssh has none of the algorithms for ${host} (${what}: ${names.join(", ")})`,
  });
