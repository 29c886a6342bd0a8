import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  hostKeyProblem,
  type KnownHost,
  type KnownKey,
  knownTypes,
  lookUpKnownHost,
  parseFoundLines,
} from "../src/known-hosts.ts";
import type { SshConfig } from "../src/ssh-config.ts";
import { SOME_HOST } from "./some-host.ts";

/** A key on the wire, as far as anybody looks at it here: its type, and something that tells it from others. */
function wireKey(type: string, content: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(content)]).toString("base64");
}

const ed = wireKey("ssh-ed25519", "the key");
const edOther = wireKey("ssh-ed25519", "another key");
const rsa = wireKey("ssh-rsa", "an rsa key");

const line = (key: string, use: KnownKey["use"] = "host", number = 3): KnownKey => ({
  file: "/kh",
  line: number,
  use,
  type: key === rsa ? "ssh-rsa" : "ssh-ed25519",
  key,
});
const known = (keys: readonly KnownKey[], anyPort: readonly KnownKey[] = []): KnownHost => ({
  name: "n1",
  files: ["/kh"],
  keys,
  anyPort,
});
const problem = (key: string, host: KnownHost, over: Partial<SshConfig> = {}) =>
  hostKeyProblem(Buffer.from(key, "base64"), host, { ...SOME_HOST, ...over });

describe("a host key", () => {
  test("that a file has for the host is trusted", () => {
    expect(problem(ed, known([line(rsa), line(ed)]))).toBeUndefined();
  });

  test("that is known for the host's name at any port is trusted", () => {
    expect(problem(ed, known([], [line(ed)]))).toBeUndefined();
  });

  test("that is not the known one is refused, with file, line and both fingerprints", () => {
    expect(problem(edOther, known([line(ed)]))).toEqual({
      reason: "host-key",
      message: expect.stringMatching(
        /\/kh:3 has for n1\.\n {2}expected {2}ssh-ed25519 SHA256:[\w+/]{43}\n {2}received {2}ssh-ed25519 SHA256:[\w+/]{43}\n.*ssh-keygen -R 'n1' -f '\/kh'/,
      ),
    });
  });

  test("that is not the known one is refused also where ssh may add hosts", () => {
    expect(problem(edOther, known([line(ed)]), { trustsOtherwise: true })).toMatchObject({ reason: "host-key" });
  });

  test("that is revoked is refused, even where another line trusts it", () => {
    expect(problem(ed, known([line(ed), line(ed, "revoked", 9)]))).toMatchObject({
      reason: "host-key",
      message: expect.stringContaining("/kh:9 revokes"),
    });
  });

  test("is not judged by another one that is revoked", () => {
    expect(problem(ed, known([line(ed), line(edOther, "revoked")]))).toBeUndefined();
  });

  test("that nobody knows is refused, and the files are named", () => {
    const refused = problem(ed, { name: "[n1]:2222", files: ["/kh", "/etc/kh"], keys: [], anyPort: [] });
    expect(refused?.reason).toBe("host-key");
    expect(refused?.message).toMatch(/none for \[n1\]:2222 is in \/kh \(which is not there\), \/etc\/kh/);
  });

  test("of another type than the known one is refused as unknown, and the known one is named", () => {
    expect(problem(ed, known([line(rsa)]))).toMatchObject({
      reason: "host-key",
      message: expect.stringContaining("/kh:3 has one of another type (ssh-rsa)"),
    });
  });

  test("is left to OpenSSH where an authority vouches for the host, or where ssh may add it", () => {
    expect(problem(ed, known([line(rsa, "authority")]))).toMatchObject({
      reason: "unsupported",
      message: expect.stringContaining("/kh:3"),
    });
    expect(problem(ed, known([line(rsa)]), { trustsOtherwise: true })).toMatchObject({
      reason: "unsupported",
      message: expect.stringContaining("StrictHostKeyChecking"),
    });
  });
});

test("the types that a host is known by are those of its own keys", () => {
  expect(knownTypes(known([line(ed, "revoked"), line(rsa), line(rsa)], [line(ed, "authority")]))).toEqual(["ssh-rsa"]);
});

test("lines that ssh-keygen found are read with their numbers and marks, and what is not a key is passed over", () => {
  const printed = `# Host n1 found: line 2 \nn1 ssh-ed25519 ${ed} a comment\n# Host n1 found: line 4 REVOKED\n@revoked n1 ssh-rsa ${rsa}\n# Host n1 found: line 5 CA\n@cert-authority *.x,n1 ssh-rsa ${rsa}\n# Host n1 found: line 6 \nn1 ssh-rsa\n`;
  expect(parseFoundLines(printed, "/kh")).toEqual([
    { file: "/kh", line: 2, use: "host", type: "ssh-ed25519", key: ed },
    { file: "/kh", line: 4, use: "revoked", type: "ssh-rsa", key: rsa },
    { file: "/kh", line: 5, use: "authority", type: "ssh-rsa", key: rsa },
  ]);
});

describe("looking a host up", () => {
  const signal = new AbortController().signal;

  interface Files extends Disposable {
    readonly plain: string;
    readonly hashed: string;
  }

  /** A file of known hosts, and the same with its names hashed. */
  function files(...lines: readonly string[]): Files {
    const folder = mkdtempSync(join(tmpdir(), "hyperion-ts-known-"));
    const [plain, hashed] = [join(folder, "plain"), join(folder, "hashed")];
    for (const file of [plain, hashed]) writeFileSync(file, `${lines.join("\n")}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", hashed], { stdio: "ignore" });
    return { plain, hashed, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  }

  const found = async (over: Partial<SshConfig>): Promise<readonly number[]> =>
    (await lookUpKnownHost({ ...SOME_HOST, ...over }, signal)).keys.map((key) => key.line);

  test("finds its name whether it is hashed or not, in any case of letters", async () => {
    using kh = files("# a comment", `other ssh-ed25519 ${ed}`, `n1.cluster ssh-ed25519 ${ed}`);
    for (const file of [kh.plain, kh.hashed]) expect(await found({ knownHostsFiles: [file] })).toEqual([3]);
  });

  test("takes the port into the name, and keeps lines without a port apart", async () => {
    using kh = files(`n1.cluster ssh-rsa ${rsa}`, `[n1.cluster]:2222 ssh-ed25519 ${ed}`);
    for (const file of [kh.plain, kh.hashed]) {
      const host = await lookUpKnownHost({ ...SOME_HOST, port: 2_222, knownHostsFiles: [file] }, signal);
      expect(host).toMatchObject({ name: "[n1.cluster]:2222", keys: [{ line: 2 }], anyPort: [{ line: 1 }] });
    }
  });

  test("looks for HostKeyAlias in place of name and port", async () => {
    using kh = files(`[n1.cluster]:2222 ssh-ed25519 ${ed}`, `node ssh-ed25519 ${ed}`);
    expect(await found({ port: 2_222, hostKeyAlias: "node", knownHostsFiles: [kh.plain] })).toEqual([2]);
  });

  test("follows patterns", async () => {
    using kh = files(`*.cluster,!n1.cluster ssh-ed25519 ${ed}`, `n?.cluster ssh-ed25519 ${ed}`);
    expect(await found({ knownHostsFiles: [kh.plain] })).toEqual([2]);
  });

  test("reads all files in order, and passes over those that are not there", async () => {
    using one = files(`n1.cluster ssh-ed25519 ${ed}`);
    using two = files("", `n1.cluster ssh-rsa ${rsa}`);
    expect(await found({ knownHostsFiles: [one.plain, "/nowhere/at/all", two.plain] })).toEqual([1, 2]);
  });

  test("leaves a host to OpenSSH that nobody knows and that ssh may add, before anybody connects", async () => {
    await expect(found({ trustsOtherwise: true })).rejects.toThrow(expect.objectContaining({ reason: "unsupported" }));
  });
});
