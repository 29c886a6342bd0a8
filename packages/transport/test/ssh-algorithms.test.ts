import { describe, expect, test } from "vitest";
import { offeredAlgorithms } from "../src/ssh-algorithms.ts";
import type { SshConfig } from "../src/ssh-config.ts";
import { SOME_HOST } from "./some-host.ts";

const ALLOWED: SshConfig["algorithms"] = {
  hostKey: ["ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"],
  cipher: [
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
  ],
  mac: ["umac-64-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512"],
  kex: ["sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "ecdh-sha2-nistp256"],
};

const offered = (algorithms: Partial<SshConfig["algorithms"]> = {}, knownTypes: readonly string[] = []) =>
  offeredAlgorithms({ ...SOME_HOST, algorithms: { ...ALLOWED, ...algorithms } }, knownTypes);

describe("the algorithms that are offered to a host", () => {
  test("are those that the configuration allows and ssh2 has", () => {
    expect(offered()).toEqual({
      serverHostKey: ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"],
      cipher: [
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes256-ctr",
        "chacha20-poly1305@openssh.com",
      ],
      hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512"],
      kex: ["curve25519-sha256", "ecdh-sha2-nistp256"],
      compress: ["none"],
    });
  });

  test("begin with the types of key that the host is known by", () => {
    expect(offered({}, ["ssh-rsa"]).serverHostKey).toEqual([
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
    ]);
  });

  test("keep an order of ciphers that somebody wrote", () => {
    expect(offered({ cipher: ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com"] }).cipher).toEqual([
      "aes256-gcm@openssh.com",
      "aes128-gcm@openssh.com",
    ]);
  });

  test("never go beyond the configuration", () => {
    expect(offered({ cipher: ["aes256-ctr"] }).cipher).toEqual(["aes256-ctr"]);
  });

  test.each([
    ["Ciphers", { cipher: ["3des-cbc"] }],
    ["MACs", { mac: ["umac-64-etm@openssh.com"] }],
    ["KexAlgorithms", { kex: ["sntrup761x25519-sha512@openssh.com"] }],
    ["HostKeyAlgorithms", { hostKey: ["ssh-ed25519-cert-v01@openssh.com"] }],
  ])("are left to OpenSSH where none is left (%s)", (setting, algorithms) => {
    expect(() => offered(algorithms)).toThrow(
      expect.objectContaining({ reason: "unsupported", message: expect.stringContaining(setting) }),
    );
  });

  test("are left to OpenSSH where the host is known by types alone that ssh2 does not have", () => {
    expect(() => offered({}, ["sk-ssh-ed25519@openssh.com"])).toThrow(
      expect.objectContaining({ reason: "unsupported" }),
    );
  });
});
