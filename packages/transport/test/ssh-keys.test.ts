import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type KeyFile, orderKeys, readKeyFiles } from "../src/ssh-keys.ts";
import { loadSsh } from "../src/ssh2.ts";
import { SOME_HOST } from "./some-host.ts";

const { ssh2 } = await loadSsh();
const folder = mkdtempSync(join(tmpdir(), "hyperion-ts-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A pair of keys in a file, and without one. */
function pair(name: string, options: readonly string[] = ["-t", "ed25519", "-N", ""]) {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-C", name, "-f", file, ...options]);
  const publicKey = ssh2.utils.parseKey(readFileSync(`${file}.pub`));
  if (publicKey instanceof Error) throw publicKey;
  return { file, publicKey };
}

const [one, two, three] = [pair("one"), pair("two"), pair("three")];
const inFile = ({ file, publicKey }: ReturnType<typeof pair>): KeyFile => ({
  file,
  publicKey,
  privateKey: publicKey,
  problem: undefined,
});
const labels = (
  files: readonly KeyFile[],
  held: readonly ReturnType<typeof pair>[],
  identitiesOnly = false,
): readonly string[] =>
  orderKeys(
    files,
    held.map((key) => key.publicKey),
    identitiesOnly,
  ).keys.map(({ label }) => label.replace(`${folder}/`, ""));

describe("the order in which keys are shown", () => {
  test("is the agent's that files name, the agent's others, and those that only files have", () => {
    expect(labels([inFile(one), inFile(three)], [two, three])).toEqual([
      "three (from the agent)",
      "two (from the agent)",
      "one",
    ]);
  });

  test("leaves out what no file names, with IdentitiesOnly", () => {
    expect(labels([inFile(one), inFile(three)], [two, three], true)).toEqual(["three (from the agent)", "one"]);
  });

  test("shows the agent's key where a file has its public half alone", () => {
    expect(labels([{ ...inFile(one), privateKey: undefined }], [two, one], true)).toEqual(["one (from the agent)"]);
  });

  test("tells of keys that can't be used, unless the agent holds them", () => {
    const locked: KeyFile = { ...inFile(one), privateKey: undefined, problem: "has a passphrase" };
    expect(orderKeys([locked], [], false).unusable).toEqual([`${one.file} has a passphrase`]);
    expect(orderKeys([locked], [one.publicKey], false).unusable).toEqual([]);
  });
});

describe("the files of keys", () => {
  const read = (...identityFiles: readonly string[]): Promise<readonly KeyFile[]> =>
    readKeyFiles({ ...SOME_HOST, identityFiles }, ssh2);

  test("are passed over where they are not there", async () => {
    expect(await read(join(folder, "nothing"), one.file)).toMatchObject([{ file: one.file, problem: undefined }]);
  });

  test.each([
    ["ed25519", []],
    ["ecdsa", ["-b", "384"]],
    ["rsa", ["-b", "1024"]],
    ["rsa", ["-b", "1024", "-m", "PEM"]],
  ])("may hold %s keys (%j)", async (type, options) => {
    const { file, publicKey } = pair(`${type}${options.join("")}`, ["-t", type, "-N", "", ...options]);
    const [key] = await read(file);
    expect(key?.privateKey?.isPrivateKey()).toBe(true);
    expect(key?.publicKey?.getPublicSSH()).toEqual(publicKey.getPublicSSH());
  });

  test("with a passphrase have their public half, and the reason why they can't be used", async () => {
    const { file, publicKey } = pair("locked", ["-t", "ed25519", "-a", "1", "-N", "secret"]);
    const [key] = await read(file);
    expect(key).toMatchObject({ privateKey: undefined, problem: expect.stringContaining("passphrase") });
    expect(key?.publicKey?.getPublicSSH()).toEqual(publicKey.getPublicSSH());
  });

  test("may be the public half alone, by its own name or by that of the private one", async () => {
    const alone = join(folder, "alone");
    writeFileSync(`${alone}.pub`, readFileSync(`${two.file}.pub`));
    for (const name of [alone, `${alone}.pub`])
      expect(await read(name)).toMatchObject([
        { privateKey: undefined, problem: undefined, publicKey: { type: "ssh-ed25519" } },
      ]);
  });

  test("of something else are told as what can't be used", async () => {
    const other = join(folder, "other");
    writeFileSync(other, "not a key");
    expect(await read(other)).toMatchObject([
      { privateKey: undefined, publicKey: undefined, problem: expect.stringContaining("can't use") },
    ]);
  });
});
