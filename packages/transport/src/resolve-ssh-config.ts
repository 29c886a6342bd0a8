/** Asks OpenSSH for its configuration of a host: `ssh -G`, which connects to nothing. */
import { hostname, userInfo } from "node:os";
import { askProgram } from "./ask-program.ts";
import { TransportError } from "./command-session.ts";
import { type LocalAccount, parseSshConfig, type SshConfig } from "./ssh-config.ts";

/**
 * The configuration of `host` with these options of ssh.
 *
 * @throws TransportError "unsupported"; on an abort, the signal's reason
 */
export async function resolveSshConfig(
  host: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<SshConfig> {
  const { code, stdout, stderr } = await askProgram(["ssh", "-G", "-T", ...options, "--", host], signal);
  if (code !== 0)
    throw new TransportError({
      reason: "unsupported",
      message: `The ssh configuration of ${host} can't be read (ssh -G): ${stderr}`,
    });
  return parseSshConfig(stdout, host, localAccount());
}

/** Where the host is, and how its key is known, as far as that can be read from what `ssh -G` printed. */
export function placeOf(
  printed: string,
  host: string,
): Pick<SshConfig, "hostname" | "hostKeyAlias" | "knownHostsFiles"> {
  try {
    return parseSshConfig(printed, host, localAccount());
  } catch {
    // What node-ssh can't follow is ssh's own affair.
    return {
      hostname: /^hostname (.*)$/m.exec(printed)?.[1] ?? host,
      hostKeyAlias: /^hostkeyalias (.*)$/m.exec(printed)?.[1],
      knownHostsFiles: [],
    };
  }
}

function localAccount(): LocalAccount {
  const { username, uid, homedir } = userInfo();
  return { home: homedir ?? "", userName: username, userId: uid, hostName: hostname(), env: process.env };
}
