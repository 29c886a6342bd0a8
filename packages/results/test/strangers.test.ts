/** Another user has been in the folder of a database first. A process of ours opens it then; what is told from outside is what became of our files. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openResults } from "../src/index.ts";
import { ownIdentity } from "@hyperion-ts/processes/process-identity";
import { asStranger, haveStranger, shareFolder, STRANGER } from "./stranger.ts";
import { type Folder, runProgram, temporaryFolder } from "./world.ts";

/** Opens the database in a process of its own, closes it again, and gives what that said; nothing where it had to be killed because it waited. */
async function opening({ database }: Folder): Promise<string | undefined> {
  await using program = runProgram("holder.ts", database);
  using patience = new DisposableStack();
  const timer = patience.adopt(
    setTimeout(() => void program.kill(), 30_000),
    clearTimeout,
  );
  timer.unref();
  const line = await program.nextLine();
  program.endInput();
  await program.nextLine();
  return line;
}

/** A database of ours, with a value of ours. */
async function store(path: string): Promise<void> {
  await using results = await openResults({ path, programId: "ours" });
  await results.insert("m", "1", '"ours"');
}

async function lookUp(path: string): Promise<string | undefined> {
  await using results = await openResults({ path, programId: "ours" });
  return results.lookup("m", "1");
}

const MODES = [
  ["that a group shares (0770)", 0o770],
  ["that everybody shares (1777)", 0o1777],
] as const;

const NAMES = ["results.sqlite", "results.sqlite-wal", "results.sqlite-journal", "results.sqlite.lock"] as const;
const beside = NAMES.filter((name) => name !== "results.sqlite");

describe.skipIf(!haveStranger)("another user (needs root, to be one)", () => {
  describe.each(MODES)("in a folder %s", (_title, mode) => {
    test.each(NAMES)("can't lead %s by a link into a file of ours", async (name) => {
      using ours = temporaryFolder();
      using folder = temporaryFolder();
      await store(ours.database);
      const before = readFileSync(ours.database);
      shareFolder(folder.path, mode);
      asStranger('ln -s "$1" "$2"', ours.database, `${folder.path}/${name}`);
      expect(await opening(folder)).toMatch(/^(?:not-ours|locked): .*is a symbolic link of user 54321/);
      expect(readFileSync(ours.database).equals(before)).toBe(true);
      expect(readdirSync(ours.path)).toEqual(["results.sqlite"]);
    });

    test.each(NAMES)("can't have a file of ours made by a link at %s", async (name) => {
      using ours = temporaryFolder();
      using folder = temporaryFolder();
      shareFolder(folder.path, mode);
      asStranger('ln -s "$1" "$2"', `${ours.path}/new`, `${folder.path}/${name}`);
      expect(await opening(folder)).toMatch(/^(?:not-ours|locked): .*is a symbolic link of user 54321/);
      expect(readdirSync(ours.path)).toEqual([]);
    });

    test.each(NAMES)("can't keep us waiting by a FIFO at %s", async (name) => {
      using folder = temporaryFolder();
      shareFolder(folder.path, mode);
      asStranger('mkfifo -m 666 "$1"', `${folder.path}/${name}`);
      expect(await opening(folder)).toMatch(/^(?:not-ours|locked): .*is a FIFO of user 54321/);
    });

    // Where the kernel lets strangers make a second name of our files (fs.protected_hardlinks=0).
    test.each(beside.filter((name) => !name.endsWith(".lock")))(
      "can't have a file of ours written by a second name at %s",
      async (name) => {
        using ours = temporaryFolder();
        using folder = temporaryFolder();
        await store(folder.database);
        shareFolder(folder.path, mode);
        writeFileSync(`${ours.path}/diary`, "Dear diary, ".repeat(1_000));
        linkSync(`${ours.path}/diary`, `${folder.path}/${name}`);
        expect(await opening(folder)).toMatch(/^not-ours: .*is one of 2 names of a file/);
        expect(readFileSync(`${ours.path}/diary`, "utf8")).toMatch(/^Dear diary/);
      },
    );

    test("who may not write to our database adds nothing to it through a log beside it", async () => {
      using theirs = temporaryFolder();
      using folder = temporaryFolder();
      await store(folder.database);
      chmodSync(folder.database, 0o644);
      shareFolder(folder.path, mode);
      copyFileSync(folder.database, theirs.database);
      {
        using forging = new DatabaseSync(theirs.database);
        forging.exec(
          "pragma journal_mode = wal; insert into hyperion_key_val(program_id, kv_map, key, val) values ('ours', 'm', '1', '\"theirs\"')",
        );
        copyFileSync(`${theirs.database}-wal`, `${theirs.path}/forged`);
      }
      shareFolder(theirs.path, 0o755);
      asStranger('cp "$1" "$2"', `${theirs.path}/forged`, `${folder.database}-wal`);
      expect(await opening(folder)).toMatch(
        /^not-ours: .*-wal belongs to user 54321, who may not write to the database itself\. .*Nothing was changed/,
      );
      asStranger('rm "$1"', `${folder.database}-wal`);
      expect(await lookUp(folder.database)).toBe('"ours"');
    });
  });

  test("a colleague's database, and the lock and log that their dead process has left, are used where the group shares it", async () => {
    using folder = temporaryFolder();
    await store(folder.database);
    const holder = {
      ...ownIdentity(),
      pid: 4_194_305,
      since: "2026-11-01T00:00:00.000Z",
      what: "program abcde",
      token: "0123456789ab",
    };
    writeFileSync(`${folder.database}.lock`, JSON.stringify(holder));
    {
      using dying = new DatabaseSync(folder.database);
      dying.exec(
        "pragma journal_mode = wal; insert into hyperion_key_val(program_id, kv_map, key, val) values ('ours', 'm', '1', '\"newer\"')",
      );
      for (const suffix of ["", "-wal"]) copyFileSync(`${folder.database}${suffix}`, `${folder.path}/kept${suffix}`);
    }
    for (const suffix of ["", "-wal"]) copyFileSync(`${folder.path}/kept${suffix}`, `${folder.database}${suffix}`);
    for (const suffix of ["", "-wal", ".lock"]) {
      chownSync(`${folder.database}${suffix}`, STRANGER.uid, STRANGER.gid);
      chmodSync(`${folder.database}${suffix}`, 0o664);
    }
    shareFolder(folder.path, 0o770);
    expect(await lookUp(folder.database)).toBe('"newer"');
  });

  test("a colleague's link to a database of their own is followed", async () => {
    using theirs = temporaryFolder();
    using folder = temporaryFolder();
    await store(theirs.database);
    chownSync(theirs.database, STRANGER.uid, STRANGER.gid);
    shareFolder(folder.path, 0o770);
    asStranger('ln -s "$1" "$2"', theirs.database, folder.database);
    expect(await lookUp(folder.database)).toBe('"ours"');
  });
});

test("a lock whose token would lead elsewhere, or whose texts would write over a terminal, is no lock that we read", async () => {
  using folder = temporaryFolder();
  const holder = {
    ...ownIdentity(),
    pid: 4_194_305,
    since: "2026-11-01T00:00:00.000Z",
    what: "program abcde",
    token: "0123456789ab",
  };
  for (const difference of [{ token: "/../../elsewhere" }, { what: "\u001B]0;owned\u0007" }, { job: "a\nb" }]) {
    writeFileSync(`${folder.database}.lock`, JSON.stringify({ ...holder, ...difference }));
    expect(await opening(folder)).toMatch(/^locked: .* has a lock that can't be read: .*\.lock\. If no other program/);
  }
  expect(existsSync(folder.database)).toBe(false);
});

test("a lock of many bytes is not read", async () => {
  using folder = temporaryFolder();
  writeFileSync(`${folder.database}.lock`, " ".repeat(1_000_000));
  expect(await opening(folder)).toMatch(/^locked: .*can't be read: .*has 1000000 bytes, more than 65536/);
});
