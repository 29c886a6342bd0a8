import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DirectoryError, makeDirectory } from "../src/index.ts";

interface Folder extends Disposable {
  readonly path: string;
}

function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "hyperion-directories-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const index = new URL("../src/index.ts", import.meta.url).href;

describe("makeDirectory", () => {
  test("makes what is missing, with the mode, and leaves what is there", () => {
    using world = folder();
    mkdirSync(join(world.path, "there"), { mode: 0o755 });
    const path = join(world.path, "there", "a", "b");
    makeDirectory(path, { mode: 0o700 });
    makeDirectory(path);
    makeDirectory(`${path}/c/../d/`);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
    expect(statSync(join(world.path, "there")).mode & 0o777).toBe(0o755);
    expect([existsSync(join(path, "d")), existsSync(join(path, "c"))]).toEqual([true, false]);
    expect(makeDirectory("/")).toBeUndefined();
  });

  test("takes a link to a directory for one", () => {
    using world = folder();
    mkdirSync(join(world.path, "real"));
    symlinkSync("real", join(world.path, "link"));
    makeDirectory(join(world.path, "link", "new"));
    expect(existsSync(join(world.path, "real", "new"))).toBe(true);
  });

  // In a process of its own: this one would hang with it.
  test.runIf(existsSync("/proc/self"))("ends at once where no directory can be made", () => {
    for (const path of ["/proc/x", "/proc/x/y/z", "/sys/x", "/dev/null/x", "/proc/self/x"]) {
      const code = `import { makeDirectory } from ${JSON.stringify(index)}; try { makeDirectory(${JSON.stringify(path)}); } catch (error) { console.log(error.name + " " + error.message); }`;
      const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
        encoding: "utf8",
        timeout: 60_000,
        killSignal: "SIGKILL",
      });
      expect({
        path,
        status,
        stdout: stdout.startsWith(`DirectoryError The directory "${path}" can't be made: `),
      }).toEqual({ path, status: 0, stdout: true });
    }
  });

  test("says what is in the way", () => {
    using world = folder();
    const at = (...parts: readonly string[]): string => join(world.path, ...parts);
    writeFileSync(at("file"), "");
    symlinkSync("nowhere", at("dangling"));
    symlinkSync("loop", at("loop"));
    spawnSync("mkfifo", [at("fifo")]);
    const table: readonly (readonly [string, string])[] = [
      [at("file"), "is there, but is no directory"],
      [at("file", "x"), "something above"],
      [at("fifo"), "is there, but is no directory"],
      [at("fifo", "x"), "something above"],
      [at("dangling"), "a symbolic link that leads nowhere"],
      [at("dangling", "x"), `${at("dangling")} is a symbolic link that leads nowhere`],
      [at("loop"), "round in a circle"],
      [at("loop", "x"), "round in a circle"],
      [at("n".repeat(256)), "too long"],
      [at(...Array.from({ length: 2_100 }, () => "d")), "too long"],
      [at("a\0b"), "a NUL character"],
      ["", "it has no name"],
    ];
    for (const [path, reason] of table) {
      expect(() => makeDirectory(path), path).toThrow(DirectoryError);
      expect(() => makeDirectory(path), path).toThrow(reason);
    }
    expect(existsSync(at("nowhere"))).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)("says whose directory it is not, and what is read-only", () => {
    using world = folder();
    const code = `
      import { makeDirectory } from ${JSON.stringify(index)};
      process.setuid(65534);
      try { makeDirectory(${JSON.stringify(join(world.path, "a", "b"))}); } catch (error) { console.log(error.message); }`;
    const denied = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(denied.stdout).toContain("permission denied");
    // A mount that ends with the process that sees it.
    const mounted = `mount -t tmpfs -o ro none ${world.path} && exec "$0" --input-type=module -e "$1"`;
    const makeBelow = `import { makeDirectory } from ${JSON.stringify(index)}; makeDirectory(${JSON.stringify(world.path)}); try { makeDirectory(${JSON.stringify(join(world.path, "a", "b"))}); } catch (error) { console.log(error.message); }`;
    const readOnly = spawnSync("unshare", ["--mount", "sh", "-c", mounted, process.execPath, makeBelow], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(readOnly.stdout).toContain(`${world.path} is on a file system that is read-only`);
  });

  test("is made once when many processes make it", () => {
    using world = folder();
    const path = join(world.path, "a/b/c/d");
    const code = `import { makeDirectory } from ${JSON.stringify(index)}; makeDirectory(${JSON.stringify(path)});`;
    const script = `pids=; for i in 1 2 3 4; do "$0" --input-type=module -e "$1" & pids="$pids $!"; done; for pid in $pids; do wait $pid || exit 1; done`;
    expect(
      spawnSync("sh", ["-c", script, process.execPath, code], { encoding: "utf8", timeout: 60_000 }),
    ).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(path).isDirectory()).toBe(true);
  });
});
