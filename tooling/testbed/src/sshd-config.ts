/** The text of one node's sshd_config (sshd_config(5), OpenSSH 9.2). */
import type { Host } from "./cluster-plan.ts";
import { DAEMON_NAME, pidFileOf, PLACES } from "./places.ts";

/** To sshd the first line of a setting counts, so the caller's come first. */
export function sshdConfig(host: Host): string {
  const own = {
    ListenAddress: host.address,
    HostKey: hostKeyOf(host.name),
    PidFile: pidFileOf(DAEMON_NAME.sshd(host.name)),
    // Who came from where, and each of his sessions: `sshSessions` reads it.
    LogLevel: "VERBOSE",
    UsePAM: "no",
    UseDNS: "no",
    PermitRootLogin: "prohibit-password",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    PrintMotd: "no",
    PrintLastLog: "no",
    Subsystem: "sftp internal-sftp",
  };
  const asked = Object.entries(host.sshd).map(([key, value]) =>
    isBannerText(key, value) ? [key, bannerOf(host.name)] : [key, value],
  );
  return `${[...asked, ...Object.entries(own)].map(([key, value]) => `${key} ${value}`).join("\n")}\n`;
}

/** The text for the banner's file, where the setting has text. */
export const bannerText = (host: Host): string | undefined =>
  Object.entries(host.sshd).find(([key, value]) => isBannerText(key, value))?.[1];

/** The file of a host's key. */
export const hostKeyOf = (host: string): string => `${PLACES.sshd}/${host}.key`;
/** The file of a host's banner. */
export const bannerOf = (host: string): string => `${PLACES.sshd}/${host}.banner`;
/** The file of a host's sshd_config. */
export const sshdConfigOf = (host: string): string => `${PLACES.sshd}/${host}.conf`;

const isBannerText = (key: string, value: string): boolean =>
  key.toLowerCase() === "banner" && value !== "none" && !value.startsWith("/");
