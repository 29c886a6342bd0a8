import { join } from "node:path";
import { expect, test } from "vitest";
import { runCmdLocalAsync, runCmdLocalLog } from "../src/index.ts";
import { thrownBy } from "./world.ts";

test("a command here is a session like one on another node: it is described, and ends", async () => {
  await using running = await runCmdLocalAsync({ argv: ["sh", "-c", "exit 3"] });
  expect(running).toMatchObject({ description: 'sh -c "exit 3"', direct: true, loggedIn: true });
  expect(await running.ended).toEqual({ type: "exited", code: 3, signal: null });
});

test("runCmdLocalLog logs the command first, quoted where that is needed", async () => {
  const lines: string[] = [];
  const program = join(import.meta.dirname, "not there");
  await thrownBy(runCmdLocalLog({ argv: [program, "--plain=1", "it's"] }, (line) => lines.push(line)));
  expect(lines).toEqual([`Running command ${JSON.stringify(program)} --plain=1 "it's"`]);
});
