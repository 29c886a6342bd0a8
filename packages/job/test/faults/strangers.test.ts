/** Strangers on the same machine: what they can do where a program's folder lets others in. Judged from outside. */
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asStranger, FOLDER_MODES, haveStranger, plantCompiledCode, shareFolder } from "./stranger.ts";
import { numbers, ourProcesses, World } from "./world.ts";

/** A folder of ours that nobody else can enter. */
function privateFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "hyperion-ours-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

interface End {
  readonly code: unknown;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** A program's end, in a process of its own; `home` is the folder of this user. It is killed when it waits too long. */
const run = (program: string, args: readonly string[], home: string): Promise<End> =>
  new Promise((resolve) => {
    const { NODE_COMPILE_CACHE: _, XDG_CACHE_HOME: __, ...env } = process.env;
    const file = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
    execFile(
      process.execPath,
      [file, ...args],
      { env: { ...env, HOME: home }, timeout: 60_000, killSignal: "SIGKILL" },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : (error.code ?? error.signal),
          lines: stdout.trim().split("\n"),
          errors: stderr,
        }),
    );
  });

const runPads = (dir: string, home: string): Promise<End> => run("pads.ts", [dir, "20", "10"], home);

const computed = { code: 0, lines: expect.arrayContaining(numbers(20).map(String)) };

describe.skipIf(!haveStranger)("another user (needs root, to be one)", () => {
  const recording = new DisposableStack();
  /** Compiled code as a stranger would have it from a machine of their own. */
  let recorded = "";
  beforeAll(async () => {
    const { path } = recording.use(privateFolder());
    await runPads(join(path, "recorded"), path);
    recorded = join(path, "recorded/data/compile-cache");
  });
  afterAll(() => recording.dispose());

  describe.each(FOLDER_MODES)("in $title", ({ mode, shared }) => {
    test("can't have compiled code of theirs run by an agent or a worker", async () => {
      await using world = new World();
      using ours = privateFolder();
      const canaries = join(ours.path, "canaries");
      mkdirSync(canaries);
      shareFolder(world.path, mode);
      const plant = (): number => plantCompiledCode(recorded, join(world.path, "data/compile-cache"), canaries);
      if (shared) expect(plant()).toBeGreaterThan(20);
      else expect(plant).toThrow();
      expect(await runPads(world.path, ours.path)).toMatchObject(computed);
      expect(readdirSync(canaries)).toEqual([]);
      // It is kept where it is nobody else's.
      expect(
        readdirSync(shared ? join(ours.path, ".cache/hyperion-ts/compiled") : join(world.path, "data/compile-cache")),
      ).not.toEqual([]);
      expect(ourProcesses()).toEqual([]);
    });
  });

  test.each(["0770", "0777"])(
    "can't put compiled code of theirs in the place of ours, in a folder of mode %s where they may move ours away",
    async (mode) => {
      await using world = new World();
      using ours = privateFolder();
      const canaries = join(ours.path, "canaries");
      mkdirSync(canaries);
      await runPads(world.path, ours.path);
      shareFolder(world.path, Number.parseInt(mode, 8));
      asStranger("mv", join(world.path, "data"), join(world.path, "moved"));
      expect(plantCompiledCode(recorded, join(world.path, "data/compile-cache"), canaries)).toBeGreaterThan(20);
      expect(await runPads(world.path, ours.path)).toMatchObject(computed);
      expect(readdirSync(canaries)).toEqual([]);
    },
  );

  describe.each(FOLDER_MODES.filter(({ shared }) => shared))("with the log folder in $title", ({ mode }) => {
    const traps: readonly (readonly [title: string, spring: (log: string, victim: string) => void, said: RegExp])[] = [
      [
        "a link to a file of ours",
        (log, victim) => asStranger("ln", "-s", victim, log),
        /is a symbolic link of user 54321/,
      ],
      [
        "a link to a file of ours that is not there yet",
        (log, victim) => asStranger("ln", "-s", `${victim}-new`, log),
        /is a symbolic link of user 54321/,
      ],
      ["a FIFO", (log) => asStranger("mkfifo", "-m", "666", log), /is a FIFO of user 54321/],
      ["a file of theirs", (log) => asStranger("touch", log), /belongs to user 54321/],
      ["a folder", (log) => asStranger("mkdir", log), /is a folder of user 54321/],
      // Where the kernel lets strangers make a second name of our files (fs.protected_hardlinks=0).
      ["a second name of a file of ours", (log, victim) => linkSync(victim, log), /is one of 2 names of a file/],
    ];
    test.each(traps)(
      "can't have ours written to, or the run wait, by %s in the place of events.jsonl",
      async (_title, spring, said) => {
        await using world = new World();
        using ours = privateFolder();
        const victim = join(ours.path, "diary");
        writeFileSync(victim, "Dear diary\n");
        mkdirSync(join(world.path, "logs"));
        chmodSync(world.path, 0o755);
        shareFolder(join(world.path, "logs"), mode);
        spring(join(world.path, "logs/events.jsonl"), victim);
        const { code, lines, errors } = await run("fixed-logs.ts", [world.path], ours.path);
        expect({ code, lines }).toEqual({ code: 0, lines: ["14"] });
        expect(errors).toMatch(/Events of this run can't be written to .*events\.jsonl/);
        expect(errors).toMatch(said);
        expect(readFileSync(victim, "utf8")).toBe("Dear diary\n");
        expect(existsSync(`${victim}-new`)).toBe(false);
        expect(ourProcesses()).toEqual([]);
      },
    );
  });
});

test("what a run leaves may be written to by nobody else, whatever the umask", async () => {
  await using world = new World();
  const before = process.umask(0);
  try {
    await runPads(world.path, world.path);
  } finally {
    process.umask(before);
  }
  // What the runtime makes in a folder that nobody else can enter is as it likes.
  const left = readdirSync(world.path, { recursive: true, encoding: "utf8" }).filter(
    (name) => !name.startsWith("data/compile-cache/"),
  );
  expect(left.filter((name) => (statSync(join(world.path, name)).mode & 0o022) !== 0)).toEqual([]);
  expect(
    left.filter((name) => /^(?:logs|data)/.test(name) && (statSync(join(world.path, name)).mode & 0o077) !== 0),
  ).toEqual([]);
});
