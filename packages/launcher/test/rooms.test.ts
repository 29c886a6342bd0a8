/** Who may load what: an agent stays small and never runs user code, a worker loads as few modules as possible, and what both share is theirs. */
import { globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");

/** What the files of a room may import: rooms, and packages of this repository. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  head: ["head", "errors.ts", "shared", "bounds", "code-hash", "own-files", "processes", "remote", "transport", "wire"],
  agent: ["agent", "shared", "bounds", "own-files", "processes", "transport", "wire"],
  worker: ["worker", "shared", "bounds", "code-hash", "processes", "remote", "wire"],
  shared: ["shared", "own-files", "processes", "wire"],
};

describe.each(Object.entries(ROOMS))("a file of %s", (room, allowed) => {
  const files = globSync(`${room}/**/*.ts`, { cwd: src });

  test("imports nothing of other rooms than it may, not even a type", () => {
    expect(files.length).toBeGreaterThan(5);
    const forbidden = files.flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => from !== "node" && !allowed.some((each) => each === from))
        .map(({ specifier }) => `${file}: ${specifier}`),
    );
    expect(forbidden).toEqual([]);
  });

  test("imports something of each that it may", () => {
    const used = new Set(files.flatMap((file) => importsOf(file).map(({ from }) => from)));
    expect([...used].filter((from) => from !== "node").toSorted()).toEqual(allowed.toSorted());
  });
});

test("at the top stand what users import, and nothing else", () => {
  expect(globSync("*", { cwd: src }).toSorted()).toEqual([
    "agent",
    "errors.ts",
    "head",
    "index.ts",
    "shared",
    "worker",
  ]);
});

interface Import {
  readonly specifier: string;
  /** A room, the name of a package, or `node`. */
  readonly from: string;
}

/** All imports of a file: static, dynamic, and re-exports. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/^(?:import|export|\}).* from "([^"]+)";$|\bimport\("([^"]+)"\)|^import "([^"]+)";$/gm)].map(
    ([, named, dynamic, bare]) => {
      const specifier = named ?? dynamic ?? bare ?? "";
      return { specifier, from: originOf(specifier, file) };
    },
  );
}

function originOf(specifier: string, file: string): string {
  if (specifier.startsWith("node:")) return "node";
  if (specifier.startsWith(".")) return normalize(join(file, "..", specifier)).split("/")[0] ?? "";
  return specifier.replace(/^@hyperion-ts\//, "").split("/")[0] ?? "";
}
