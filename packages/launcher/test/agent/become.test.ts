import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** A process that ends so. */
function ended(argv: readonly string[]): {
  readonly pid: number;
  readonly code: number | null;
  readonly stdout: string;
} {
  const source = `import { endOrBecome } from ${JSON.stringify(new URL("../../src/agent/become.ts", import.meta.url).href)}; endOrBecome(${JSON.stringify(argv)}, (line) => console.log(line));`;
  const { pid, status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    encoding: "utf8",
    env: { ...process.env, GREETING: "hello" },
  });
  return { pid, code: status, stdout };
}

test("it becomes the program, with its process id and its variables", () => {
  const { pid, code, stdout } = ended(["/bin/sh", "-c", 'echo "$$ $GREETING $1"; exit 3', "sh", "a b"]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: `${pid} hello a b\n` });
});

test("it just ends where there is nothing to become", () => {
  expect(ended([])).toMatchObject({ code: 0, stdout: "" });
});

test("it ends, and says why, where the program is not there", () => {
  expect(ended(["/nowhere/program"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Could not become \/nowhere\/program/),
  });
});
