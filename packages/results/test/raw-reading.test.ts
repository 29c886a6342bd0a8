import { execFileSync } from "node:child_process";
import { existsSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { insert, lookup, openResults } from "../src/index.ts";
import { brackets, root, temporaryFolder } from "./world.ts";

afterEach(() => void vi.unstubAllEnvs());

/** So large that its copy takes a while, most of it a hole. */
const storeLarge = async (path: string): Promise<void> => {
  await using results = await openResults({ path, programId: "prog1" });
  await insert(brackets, root(1), [1, 1])({ results });
  await results[Symbol.asyncDispose]();
  truncateSync(path, 100_000_000);
};

test("a large database is copied while all else goes on", async () => {
  using folder = temporaryFolder();
  await storeLarge(folder.database);
  // On another file system no copy can be a clone, which takes no time.
  vi.stubEnv("TMPDIR", existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
  let turns = 0;
  const count = (): void => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  await using results = await openResults({ path: folder.database, readOnly: true });
  clearImmediate(counting);
  expect(turns).toBeGreaterThan(20);
  expect(await lookup(brackets, root(1))({ results })).toEqual([1, 1]);
});

test("who opens it to write meanwhile, in the same process, has the lock when it is copied", async () => {
  using folder = temporaryFolder();
  await storeLarge(folder.database);
  const reading = Promise.all([1, 2].map(() => openResults({ path: folder.database, readOnly: true })));
  await using results = await openResults({ path: folder.database, programId: "prog2" });
  for (const reader of await reading) await reader[Symbol.asyncDispose]();
  const other = `new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec("select 1 from hyperion_key_val")`;
  expect(() => execFileSync(process.execPath, ["-e", other, folder.database], { stdio: "pipe" })).toThrow(/locked/);
  await insert(brackets, root(2), [2, 2])({ results });
});
