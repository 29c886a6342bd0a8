import { expect, test } from "vitest";
import { runCommand } from "../src/run-command.ts";
import { endMarked, markVariable, newMark } from "../src/process-marks.ts";
import { pidsWith } from "../src/process-status.ts";

test("all that bears a mark is ended, in whichever session it is, also what bears others beside it; nothing else is", async () => {
  const [mark, inner] = [newMark(), newMark()];
  const variable = `HYPERION_TEST_WORLD=${newMark()}`;
  const start = (marks: readonly string[]) =>
    runCommand({
      argv: ["sh", "-c", "setsid sleep 1000 & wait"],
      env: { HYPERION_BELONGS_TO: marks.join(":"), HYPERION_TEST_WORLD: variable.split("=")[1] ?? "" },
    });
  await using marked = await start([mark]);
  await using both = await start([mark, inner]);
  await using other = await start([newMark()]);
  await expect.poll(() => pidsWith(variable).length).toBe(6);

  await endMarked(new Set([inner]));
  expect([marked.hasEnded, await both.exited]).toEqual([false, { code: null, signal: "SIGKILL" }]);
  await endMarked(new Set([mark]));
  await marked.exited;
  expect(pidsWith(variable)).toHaveLength(2);
  expect(other.hasEnded).toBe(false);

  await endMarked(new Set(pidsWith(variable).length > 0 ? [markOf(other.command.env)] : []));
  expect(pidsWith(variable)).toEqual([]);
});

test("a process bears the marks of all that it belongs to", () => {
  const before = process.env["HYPERION_BELONGS_TO"];
  process.env["HYPERION_BELONGS_TO"] = "outer";
  try {
    expect(markVariable("inner")).toEqual({ HYPERION_BELONGS_TO: "outer:inner" });
  } finally {
    if (before === undefined) delete process.env["HYPERION_BELONGS_TO"];
    else process.env["HYPERION_BELONGS_TO"] = before;
  }
});

const markOf = (env: Readonly<Record<string, string>> | undefined): string => env?.["HYPERION_BELONGS_TO"] ?? "";
