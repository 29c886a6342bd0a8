import { chmodSync, chownSync, mkdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { privateFolder } from "../src/index.ts";
import { asStranger, haveStranger, temporaryFolder } from "./world.ts";

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

test("a folder and those above it are made for this user alone, whatever the umask", () => {
  using folder = temporaryFolder();
  const before = process.umask(0);
  try {
    expect(privateFolder(folder.at("a/b/c"))).toBe(realpathSync(folder.at("a/b/c")));
  } finally {
    process.umask(before);
  }
  expect([folder.at("a"), folder.at("a/b"), folder.at("a/b/c")].map(modeOf)).toEqual([0o700, 0o700, 0o700]);
  expect(privateFolder(folder.at("a/b/c"))).toBe(realpathSync(folder.at("a/b/c")));
});

test("a link on the way is followed: what it leads to counts", () => {
  using folder = temporaryFolder();
  mkdirSync(folder.at("scratch"), { mode: 0o755 });
  symlinkSync(folder.at("scratch"), folder.at("out"));
  expect(privateFolder(folder.at("out/cache"))).toBe(realpathSync(folder.at("scratch/cache")));
  chmodSync(folder.at("scratch"), 0o775);
  expect(() => privateFolder(folder.at("out/cache"))).toThrow("scratch may be written to by others (mode 0775)");
});

test("a folder that others may enter is refused: nobody knows who could write to it before", () => {
  using folder = temporaryFolder();
  mkdirSync(folder.at("cache"), { mode: 0o755 });
  expect(() => privateFolder(folder.at("cache"))).toThrow(
    "cache may be entered by others (mode 0755). Remove it if you did not make it",
  );
});

test.each([0o770, 0o775, 0o777])("nothing is made below a folder that others may write to (mode %o)", (mode) => {
  using folder = temporaryFolder();
  mkdirSync(folder.at("shared"));
  chmodSync(folder.at("shared"), mode);
  expect(() => privateFolder(folder.at("shared/data/cache"))).toThrow(
    `shared may be written to by others (mode 0${mode.toString(8)})`,
  );
  expect(() => statSync(folder.at("shared/data"))).toThrow("ENOENT");
});

test("a folder of ours in one like /tmp is used: nobody else can move it away", () => {
  using folder = temporaryFolder();
  chmodSync(folder.path, 0o1777);
  expect(privateFolder(folder.at("data/cache"))).toBe(realpathSync(folder.at("data/cache")));
});

test("a file or a link that leads nowhere in the place of a folder is refused", () => {
  using folder = temporaryFolder();
  writeFileSync(folder.at("file"), "");
  symlinkSync(folder.at("nowhere"), folder.at("link"));
  expect(() => privateFolder(folder.at("file"))).toThrow("file is a file of yours");
  expect(() => privateFolder(folder.at("link/cache"))).toThrow("link is a symbolic link of yours");
  expect(() => statSync(folder.at("nowhere"))).toThrow("ENOENT");
});

describe.skipIf(!haveStranger)("another user (needs root, to be one)", () => {
  test("who was there first, in one like /tmp, has made a folder for nobody", () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o1777);
    asStranger("mkdir", folder.at("data"));
    expect(() => privateFolder(folder.at("data/cache"))).toThrow("data belongs to user 54321");
  });

  test("who has led a link to a folder of theirs has led nobody there", () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o1777);
    asStranger("mkdir", "-m", "700", folder.at("theirs"));
    asStranger("ln", "-s", folder.at("theirs"), folder.at("data"));
    expect(() => privateFolder(folder.at("data"))).toThrow("theirs belongs to user 54321");
  });

  test("who owns a folder above could put another in its place, also where nobody else may write", () => {
    using folder = temporaryFolder();
    mkdirSync(folder.at("theirs/data"), { recursive: true, mode: 0o755 });
    chownSync(folder.at("theirs"), 54_321, 54_321);
    expect(() => privateFolder(folder.at("theirs/data/cache"))).toThrow("theirs belongs to user 54321");
    rmSync(folder.at("theirs"), { recursive: true });
  });
});
