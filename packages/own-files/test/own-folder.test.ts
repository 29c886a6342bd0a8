/** A private folder beside other files, or in the home. */
import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { NotOursError, ownFolder, ownFolderIfThere } from "../src/index.ts";
import { temporaryFolder } from "./world.ts";

const never = (): never => {
  throw new Error("it was moved");
};

test("it is where it was wanted, and is found there; nothing is made by a look", () => {
  using folder = temporaryFolder();
  const place = folder.at("out");
  expect(ownFolderIfThere(place, "jobs")).toBeUndefined();
  expect(existsSync(place)).toBe(false);
  const made = ownFolder(place, "jobs", never);
  expect(made).toBe(join(place, "jobs"));
  expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(ownFolderIfThere(place, "jobs")).toBe(made);
  expect(ownFolderIfThere(place, "holds")).toBeUndefined();
});

test("where others may write to its place it is in the home, and stays there", () => {
  using folder = temporaryFolder();
  vi.stubEnv("HOME", folder.path);
  try {
    const place = folder.at("shared");
    mkdirSync(place);
    chmodSync(place, 0o775);
    const moved: string[] = [];
    const made = ownFolder(place, "jobs", ({ wanted, because }) => moved.push(wanted, because.path));
    expect(made.startsWith(folder.at(".local/state/hyperion-ts/shared-"))).toBe(true);
    expect(moved).toEqual([join(place, "jobs"), place]);
    chmodSync(place, 0o755);
    expect([ownFolder(place, "jobs", never), ownFolderIfThere(place, "jobs")]).toEqual([made, made]);
  } finally {
    vi.unstubAllEnvs();
  }
});

test("one that others may have written to is refused", () => {
  using folder = temporaryFolder();
  mkdirSync(folder.at("jobs"));
  chmodSync(folder.at("jobs"), 0o777);
  expect(() => ownFolder(folder.path, "jobs", never)).toThrow(NotOursError);
  expect(() => ownFolderIfThere(folder.path, "jobs")).toThrow(NotOursError);
});
