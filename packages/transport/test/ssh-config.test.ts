import { describe, expect, test } from "vitest";
import { type LocalAccount, parseJump, parseSshConfig } from "../src/ssh-config.ts";

const ADA: LocalAccount = {
  home: "/home/ada",
  userName: "ada",
  userId: 1_000,
  hostName: "login.cluster",
  env: { SSH_AUTH_SOCK: "/run/agent", MINE: "/run/mine", EMPTY: "" },
};

/** What `ssh -G` prints for a host that no configuration mentions, as far as it matters here. */
const PLAIN = `host n1
user ada
hostname n1
port 22
addressfamily any
gssapiauthentication yes
hostbasedauthentication no
identitiesonly no
pubkeyauthentication true
stricthostkeychecking ask
connecttimeout none
identityfile ~/.ssh/id_rsa
identityfile ~/.ssh/id_ed25519
userknownhostsfile /home/ada/.ssh/known_hosts /home/ada/.ssh/known_hosts2
globalknownhostsfile /etc/ssh/ssh_known_hosts
ciphers chacha20-poly1305@openssh.com,aes128-ctr
macs hmac-sha2-256
hostkeyalgorithms ssh-ed25519,rsa-sha2-512
kexalgorithms curve25519-sha256
`;

/** The same with lines in place of those of the same keyword. */
function configured(...lines: readonly string[]): string {
  const keywords = new Set(lines.map((line) => line.split(" ")[0]));
  return [...lines, ...PLAIN.split("\n").filter((line) => !keywords.has(line.split(" ")[0]))].join("\n");
}

describe("the configuration of a host, from what ssh -G prints", () => {
  test("has the address, the account, the files and the algorithms", () => {
    expect(parseSshConfig(PLAIN, "n1", ADA)).toEqual({
      host: "n1",
      hostname: "n1",
      port: 22,
      user: "ada",
      hostKeyAlias: undefined,
      identityFiles: ["/home/ada/.ssh/id_rsa", "/home/ada/.ssh/id_ed25519"],
      identityAgent: "/run/agent",
      identitiesOnly: false,
      knownHostsFiles: ["/home/ada/.ssh/known_hosts", "/home/ada/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts"],
      trustsOtherwise: false,
      algorithms: {
        hostKey: ["ssh-ed25519", "rsa-sha2-512"],
        cipher: ["chacha20-poly1305@openssh.com", "aes128-ctr"],
        mac: ["hmac-sha2-256"],
        kex: ["curve25519-sha256"],
      },
      jump: undefined,
      connectTimeoutMs: undefined,
      family: 0,
    });
  });

  test("has what a person set", () => {
    const printed = configured(
      "hostname 10.0.0.1",
      "port 2222",
      "user eve",
      "identitiesonly yes",
      "stricthostkeychecking accept-new",
      "connecttimeout 7",
      "addressfamily inet",
      "hostkeyalias node",
      "proxyjump gate",
    );
    expect(parseSshConfig(printed, "n1", ADA)).toMatchObject({
      hostname: "10.0.0.1",
      port: 2_222,
      user: "eve",
      identitiesOnly: true,
      trustsOtherwise: true,
      connectTimeoutMs: 7_000,
      family: 4,
      hostKeyAlias: "node",
      jump: { host: "gate" },
    });
  });

  test.each([
    ["~/.ssh/id", "/home/ada/.ssh/id"],
    ["%d/.ssh/%r@%h-%p", "/home/ada/.ssh/eve@10.0.0.1-22"],
    ["/keys/%u/%n 100%%", "/keys/ada/n1 100%"],
    ["/keys/%i/%L/%l/%k", "/keys/1000/login/login.cluster/n1"],
    ["${MINE}/id", "/run/mine/id"],
    ["/a~b/~c", "/a~b/~c"],
  ])("expands the file name %s to %s", (name, expanded) => {
    expect(
      parseSshConfig(configured("hostname 10.0.0.1", "user eve", `identityfile ${name}`), "n1", ADA).identityFiles,
    ).toEqual([expanded]);
  });

  test.each([
    ["SSH_AUTH_SOCK", "/run/agent"],
    ["$MINE", "/run/mine"],
    ["$MISSING", undefined],
    ["~/agent", "/home/ada/agent"],
    ["none", undefined],
  ])("finds the agent's socket where IdentityAgent is %s", (setting, socket) => {
    expect(parseSshConfig(configured(`identityagent ${setting}`), "n1", ADA).identityAgent).toBe(socket);
  });

  test.each([
    "stricthostkeychecking false",
    "stricthostkeychecking accept-new",
    "verifyhostkeydns true",
    "nohostauthenticationforlocalhost yes",
  ])("knows that ssh may trust unknown hosts with %s", (line) => {
    expect(parseSshConfig(configured(line), "n1", ADA).trustsOtherwise).toBe(true);
  });

  test("has no agent, no key and no file of known hosts where there is none", () => {
    const printed = configured("identityfile none", "userknownhostsfile none", "globalknownhostsfile none");
    expect(parseSshConfig(printed, "n1", { ...ADA, env: {} })).toMatchObject({
      identityFiles: [],
      identityAgent: undefined,
      knownHostsFiles: [],
    });
  });

  test.each([
    ["proxycommand nc %h %p", "ProxyCommand"],
    ["certificatefile ~/id-cert.pub", "CertificateFile"],
    ["pkcs11provider /lib/card.so", "PKCS11Provider"],
    ["knownhostscommand /bin/keys", "KnownHostsCommand"],
    ["revokedhostkeys /etc/ssh/revoked", "RevokedHostKeys"],
    ["bindaddress 10.0.0.2", "BindAddress"],
    ["pubkeyauthentication false", "PubkeyAuthentication"],
    ["preferredauthentications hostbased,keyboard-interactive", "PreferredAuthentications"],
    ["identityfile ~/%C", "%C"],
    ["identityfile ${NOT_SET}/id", "${NOT_SET}"],
  ])("leaves %s to OpenSSH, and says so", (line, named) => {
    expect(() => parseSshConfig(configured(line), "n1", ADA)).toThrow(
      expect.objectContaining({
        code: "transport-failed",
        reason: "unsupported",
        message: expect.stringContaining(named),
      }),
    );
  });

  test.each([
    "proxycommand none",
    "pkcs11provider none",
    "certificatefile none",
    "knownhostscommand none",
    "preferredauthentications publickey,password",
  ])("takes %s for nothing special", (line) => {
    expect(parseSshConfig(configured(line), "n1", ADA).host).toBe("n1");
  });
});

describe("ProxyJump", () => {
  test.each([
    ["gate", { host: "gate", user: undefined, port: undefined, through: undefined }],
    ["eve@gate:2222", { host: "gate", user: "eve", port: 2_222, through: undefined }],
    ["ssh://eve@gate:2222/", { host: "gate", user: "eve", port: 2_222, through: undefined }],
    ["eve@[fe80::1]:22", { host: "fe80::1", user: "eve", port: 22, through: undefined }],
    ["eve@realm@gate", { host: "gate", user: "eve@realm", port: undefined, through: undefined }],
    ["first:1,second,eve@third", { host: "third", user: "eve", port: undefined, through: "first:1,second" }],
  ])("%s names its last host, and the way to it", (setting, jump) => {
    expect(parseJump(setting)).toEqual(jump);
  });

  test("that can't be read is refused", () => {
    expect(() => parseJump("gate:x:y")).toThrow(expect.objectContaining({ reason: "unsupported" }));
  });
});
