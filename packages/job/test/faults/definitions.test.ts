/** Modules that define functions wrongly: what their reader is told. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { remoteEval } from "../../src/index.ts";
import { survive, thrownBy, World } from "./world.ts";

test("two functions of one name are refused when the second module is loaded, and both are named", async () => {
  await using world = new World();
  const { same } = await import("../functions/first-of-a-name.ts");
  const second = await thrownBy(import("../functions/second-of-a-name.ts"));
  expect(second).toMatchObject({
    name: "DuplicateNameError",
    message: expect.stringMatching(
      /define the remote function "faulty\/same-name": .*first-of-a-name\.ts and .*second-of-a-name\.ts\. Rename one of them/,
    ),
  });
  expect((await survive(world, remoteEval(same, null))).outcome).toEqual({ value: "first" });
});

test("a program that a worker starts by importing its functions is explained, not started, whether it is awaited, not awaited or caught, and also where it asks for arguments that a worker has not", async () => {
  await using world = new World();
  const forms = ["awaited", "not awaited", "caught", "without arguments"];
  const ends = await Promise.all(
    forms.map((form) => runProgram("starts-program.ts", [join(world.path, form)], { FAULTY_FORM: form })),
  );
  expect(ends.map(({ code }) => code)).toEqual(forms.map(() => 1));
  for (const { stderr } of ends)
    expect(stderr).toMatch(
      /(?:CallError: )?faulty\/double failed on .*\n.*(runJobLocal|programInfo) was called inside a worker\..* this module starts a program when it is imported\..* if \(import\.meta\.main\) \{ await \1\(\.\.\.\) \}/,
    );
});

/** Runs a program of the folder functions to its end. */
function runProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: unknown; readonly stderr: string }> {
  const program = fileURLToPath(new URL(`../functions/${file}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...env } }, (error, _stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stderr }),
    );
  });
}
