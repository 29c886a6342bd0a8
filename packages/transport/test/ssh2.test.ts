import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a program that could connect but does not has neither of the ssh libraries in memory", () => {
  const nodeSsh = join(import.meta.dirname, "../src/node-ssh.ts");
  const program = `const { nodeSsh } = await import(${JSON.stringify(nodeSsh)}); nodeSsh({}); const { default: { _cache } } = await import("node:module"); console.log(JSON.stringify(Object.keys(_cache)));`;
  expect(
    JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" })),
  ).toEqual([]);
});
