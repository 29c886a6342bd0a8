/**
 * What OpenSSH's configuration says of one host, read from what `ssh -G` prints: the person's and the system's files,
 * with their Match blocks and Includes, are OpenSSH's to resolve. Most paths come with their `~` and their tokens
 * (ssh_config(5), TOKENS), which are expanded here. Pure.
 */
import { TransportError } from "./command-session.ts";

/** The settings of one host that matter to a connection without a terminal. Paths are absolute. */
export interface SshConfig {
  /** The name that was asked for. */
  readonly host: string;
  /** The name or address that is connected to. */
  readonly hostname: string;
  /** From 1 to 65,535. */
  readonly port: number;
  /** The account on the host. */
  readonly user: string;
  /** The name in known_hosts in place of the host's own. */
  readonly hostKeyAlias: string | undefined;
  /** In the order of ssh; not all of them exist. */
  readonly identityFiles: readonly string[];
  /** The socket of the agent, undefined for none. */
  readonly identityAgent: string | undefined;
  /** Whether of the agent's keys only those are offered that `identityFiles` names. */
  readonly identitiesOnly: boolean;
  /** The person's files first. */
  readonly knownHostsFiles: readonly string[];
  /** Whether ssh may trust, without a question, a key that no file has: it adds the key, asks DNS, or does not care. */
  readonly trustsOtherwise: boolean;
  /** Algorithms in order of preference, by their names on the wire. */
  readonly algorithms: Readonly<Record<"hostKey" | "cipher" | "mac" | "kex", readonly string[]>>;
  /** The last of the jump hosts, and those before it as ssh's `-J` takes them. */
  readonly jump: JumpHost | undefined;
  /** ConnectTimeout, in milliseconds; undefined: not set. */
  readonly connectTimeoutMs: number | undefined;
  /** The version of IP; 0 is either. */
  readonly family: 0 | 4 | 6;
}

/** A host on the way to another one. */
export interface JumpHost {
  /** Its name, as ssh knows it. */
  readonly host: string;
  /** The account there; undefined: as its own configuration says. */
  readonly user: string | undefined;
  /** Undefined: as its own configuration says. */
  readonly port: number | undefined;
  /** The jump hosts on the way to this one, as ssh's `-J` takes them. */
  readonly through: string | undefined;
}

/** The account that this program runs as: what tokens stand for. */
export interface LocalAccount {
  /** The path of its home directory (`%d`, `~`). */
  readonly home: string;
  /** Its name (`%u`). */
  readonly userName: string;
  /** Its number (`%i`). */
  readonly userId: number;
  /** This machine's name (`%l`). */
  readonly hostName: string;
  /** The variables of this program, for `${NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads what `ssh -G host` printed.
 *
 * @throws TransportError "unsupported" for settings that only OpenSSH itself can follow
 */
export function parseSshConfig(printed: string, host: string, local: LocalAccount): SshConfig {
  const settings = new Settings(printed);
  refuseUnsupported(settings, host);
  const hostname = settings.first("hostname") ?? host;
  const port = Number(settings.first("port") ?? 22);
  const user = settings.first("user") ?? local.userName;
  const expand = expander(host, { hostname, port, user, alias: settings.given("hostkeyalias") ?? host }, local);
  const timeoutSeconds = Number(settings.given("connecttimeout") ?? 0);
  const alias = settings.given("hostkeyalias");
  return {
    host,
    hostname,
    port,
    user,
    hostKeyAlias: alias === undefined ? undefined : expand(alias),
    identityFiles: settings
      .all("identityfile")
      .filter((file) => file !== "none")
      .map(expand),
    identityAgent: agentSocket(settings.first("identityagent"), local, expand),
    identitiesOnly: settings.isOn("identitiesonly"),
    knownHostsFiles: [...settings.words("userknownhostsfile"), ...settings.words("globalknownhostsfile")]
      .filter((file) => file !== "none")
      .map(expand),
    trustsOtherwise:
      ["no", "false", "off", "accept-new"].includes(settings.first("stricthostkeychecking") ?? "") ||
      settings.isOn("verifyhostkeydns") ||
      settings.isOn("nohostauthenticationforlocalhost"),
    algorithms: {
      hostKey: settings.list("hostkeyalgorithms"),
      cipher: settings.list("ciphers"),
      mac: settings.list("macs"),
      kex: settings.list("kexalgorithms"),
    },
    jump: parseJump(settings.given("proxyjump")),
    connectTimeoutMs: timeoutSeconds > 0 ? timeoutSeconds * 1_000 : undefined,
    family: settings.first("addressfamily") === "inet" ? 4 : settings.first("addressfamily") === "inet6" ? 6 : 0,
  };
}

/** `keyword value` lines, some of them several times. Keywords are in lower case. */
class Settings {
  readonly #lines: readonly (readonly [string, string])[];

  constructor(printed: string) {
    this.#lines = printed.split("\n").map((line) => {
      const end = line.indexOf(" ");
      return end === -1 ? ([line, ""] as const) : ([line.slice(0, end), line.slice(end + 1).trim()] as const);
    });
  }

  all(keyword: string): readonly string[] {
    return this.#lines.flatMap(([name, value]) => (name === keyword ? [value] : []));
  }

  first(keyword: string): string | undefined {
    return this.all(keyword)[0];
  }

  /** The first value; undefined also where that is "none". */
  given(keyword: string): string | undefined {
    const value = this.first(keyword);
    return value === "none" || value === "" ? undefined : value;
  }

  isOn(keyword: string): boolean {
    return ["yes", "true"].includes(this.first(keyword) ?? "");
  }

  words(keyword: string): readonly string[] {
    return (this.first(keyword) ?? "").split(" ").filter((word) => word !== "");
  }

  list(keyword: string): readonly string[] {
    return (this.first(keyword) ?? "").split(",").filter((name) => name !== "");
  }
}

/** Settings that change who is talked to, or how we log in, in ways that only OpenSSH has. */
const OPENSSH_ONLY: readonly (readonly [keyword: string, name: string])[] = [
  ["proxycommand", "ProxyCommand"],
  ["certificatefile", "CertificateFile"],
  ["pkcs11provider", "PKCS11Provider"],
  ["knownhostscommand", "KnownHostsCommand"],
  ["revokedhostkeys", "RevokedHostKeys"],
  ["bindaddress", "BindAddress"],
  ["bindinterface", "BindInterface"],
];

function refuseUnsupported(settings: Settings, host: string): void {
  for (const [keyword, name] of OPENSSH_ONLY) {
    if (settings.given(keyword) !== undefined)
      throw unsupported(`the ssh configuration of ${host} sets ${name}, which node-ssh can't follow`);
  }
  const preferred = settings.given("preferredauthentications")?.split(",");
  if (
    settings.first("pubkeyauthentication") === "no" ||
    settings.first("pubkeyauthentication") === "false" ||
    preferred?.includes("publickey") === false
  ) {
    throw unsupported(
      `the ssh configuration of ${host} does not let keys be used (PubkeyAuthentication, PreferredAuthentications), and node-ssh has no other way to log in`,
    );
  }
}

function agentSocket(
  setting: string | undefined,
  { env }: LocalAccount,
  expand: (text: string) => string,
): string | undefined {
  if (setting === "none") return undefined;
  if (setting === undefined || setting === "" || setting === "SSH_AUTH_SOCK")
    return env["SSH_AUTH_SOCK"] === "" ? undefined : env["SSH_AUTH_SOCK"];
  const variable = /^\$(\w+)$/.exec(setting)?.[1];
  return variable === undefined ? expand(setting) : env[variable];
}

/** `[user@]host[:port]` or a URI of the same, several of them separated by commas; the last is the nearest to the host. */
export function parseJump(setting: string | undefined): JumpHost | undefined {
  if (setting === undefined) return undefined;
  const comma = setting.lastIndexOf(",");
  const last = setting
    .slice(comma + 1)
    .replace(/^ssh:\/\//, "")
    .replace(/\/$/, "");
  const [, user, bracketed, plain, port] = /^(?:(.*)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(last) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw unsupported(`the jump host ${JSON.stringify(last)} of ProxyJump can't be read`);
  return {
    host,
    user,
    port: port === undefined ? undefined : Number(port),
    through: comma === -1 ? undefined : setting.slice(0, comma),
  };
}

function expander(
  host: string,
  {
    hostname,
    port,
    user,
    alias,
  }: { readonly hostname: string; readonly port: number; readonly user: string; readonly alias: string },
  local: LocalAccount,
): (text: string) => string {
  const tokens: Readonly<Record<string, string | undefined>> = {
    "%": "%",
    d: local.home,
    h: hostname,
    i: String(local.userId),
    k: alias,
    L: local.hostName.split(".")[0],
    l: local.hostName,
    n: host,
    p: String(port),
    r: user,
    u: local.userName,
  };
  return (text) =>
    text
      .replace(/^~(?=\/|$)/, local.home)
      .replaceAll(/%(.)|\$\{(\w+)\}/g, (whole, token: string | undefined, variable: string | undefined) => {
        const value = token === undefined ? local.env[variable ?? ""] : tokens[token];
        if (value === undefined)
          throw unsupported(
            `the ssh configuration of ${host} has ${whole} in ${JSON.stringify(text)}, which node-ssh can't expand`,
          );
        return value;
      });
}

const unsupported = (message: string): TransportError => new TransportError({ reason: "unsupported", message });
