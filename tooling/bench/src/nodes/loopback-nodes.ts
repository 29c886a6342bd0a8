/**
 * Very many nodes on one: each is an address of the loopback network with a name of its own in ssh's configuration. One
 * sshd serves all of them and counts their logins together, which is harder than a cluster is: there each has its own.
 */

const PORT = 2222;

/** Where their sshd has to listen, beside its own address (sshd_config(5), ListenAddress). */
export const LOOPBACK_LISTEN = `0.0.0.0:${PORT}`;

/** The names of `count` nodes, at most 250. */
export const loopbackNodes = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => nameOf(i));

/** ssh_config(5) for them; `host` is the name that the key of their sshd is known by. */
export const loopbackConfig = (count: number, host: string): string =>
  `${Array.from({ length: count }, (_, i) => `Host ${nameOf(i)}\n  HostName 127.0.0.${i + 2}\n`).join("")}Host *\n  Port ${PORT}\n  HostKeyAlias ${host}\n`;

const nameOf = (i: number): string => `loop${i + 1}`;
