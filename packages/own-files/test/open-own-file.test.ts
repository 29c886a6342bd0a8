import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { NotOursError, openOwnFile, openOwnFileIfThere, plainFile, readRegularFile } from "../src/index.ts";
import { asStranger, haveStranger, temporaryFolder } from "./world.ts";

/** Appends, and gives what the file has then. */
function append(path: string, text: string): string {
  const fd = openOwnFile(path);
  writeSync(fd, text);
  closeSync(fd);
  return readFileSync(path, "utf8");
}

test("a file is made for this user alone, and appended to when it is there", () => {
  using folder = temporaryFolder();
  expect(append(folder.at("log"), "one\n")).toBe("one\n");
  expect(append(folder.at("log"), "two\n")).toBe("one\ntwo\n");
  expect(statSync(folder.at("log")).mode & 0o777).toBe(0o600);
});

test("a file that is not there is only made where that is wanted", () => {
  using folder = temporaryFolder();
  expect(openOwnFileIfThere(folder.at("log"))).toBeUndefined();
  expect(plainFile(folder.at("log"))).toBeUndefined();
  expect(() => openOwnFile(folder.at("nowhere/log"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

test("a link is not followed, whether it leads to a file or to none", () => {
  using folder = temporaryFolder();
  writeFileSync(folder.at("victim"), "mine");
  symlinkSync(folder.at("victim"), folder.at("log"));
  symlinkSync(folder.at("nothing"), folder.at("other"));
  const refusal = {
    name: "NotOursError",
    code: "not-ours",
    path: folder.at("log"),
    message: expect.stringMatching(/log is a symbolic link of yours, and no plain file\. Remove it/),
  };
  for (const open of [openOwnFile, openOwnFileIfThere, plainFile, (path: string) => readRegularFile(path, 100)])
    expect(() => open(folder.at("log"))).toThrow(expect.objectContaining(refusal));
  expect(() => openOwnFile(folder.at("other"))).toThrow(NotOursError);
  expect(readFileSync(folder.at("victim"), "utf8")).toBe("mine");
  expect(() => statSync(folder.at("nothing"))).toThrow("ENOENT");
});

test("a second name of a file elsewhere is not written to, but may be read", () => {
  using folder = temporaryFolder();
  writeFileSync(folder.at("victim"), "mine");
  linkSync(folder.at("victim"), folder.at("log"));
  expect(() => openOwnFile(folder.at("log"))).toThrow("log is one of 2 names of a file");
  expect(readRegularFile(folder.at("log"), 100)).toBe("mine");
});

test("a FIFO is not waited for, nor a folder, a device or a socket taken for a file", async () => {
  using folder = temporaryFolder();
  execFileSync("mkfifo", [folder.at("FIFO")]);
  mkdirSync(folder.at("folder"));
  await using server = createServer().listen(folder.at("socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  for (const kind of ["FIFO", "folder", "socket"]) {
    expect(() => openOwnFile(folder.at(kind))).toThrow(`is a ${kind} of yours, and no plain file`);
    expect(() => readRegularFile(folder.at(kind), 100)).toThrow(`is a ${kind} of yours, and no plain file`);
  }
  expect(() => openOwnFile("/dev/null")).toThrow("and no plain file");
});

test("a file of more bytes than one wants to read is refused", () => {
  using folder = temporaryFolder();
  writeFileSync(folder.at("text"), "12345");
  expect(readRegularFile(folder.at("text"), 5)).toBe("12345");
  expect(() => readRegularFile(folder.at("text"), 4)).toThrow("has 5 bytes, more than 4");
});

test.skipIf(!haveStranger)(
  "another user's file may be read, and is not written to (needs root, to be another user)",
  () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o777);
    asStranger("sh", "-c", `echo theirs >${folder.at("log")}; chmod 666 ${folder.at("log")}`);
    expect(() => openOwnFile(folder.at("log"))).toThrow("log belongs to user 54321. Remove it if you did not make it");
    expect(readRegularFile(folder.at("log"), 100)).toBe("theirs\n");
  },
);
