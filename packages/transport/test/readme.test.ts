import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { runCommand } from "@hyperion-ts/processes";
import { expect, test } from "vitest";
import { freePort, noSshd } from "./ssh-server.ts";
import { reachableNode } from "./ssh-world.ts";

test.skipIf(noSshd)("the README's example prints what the README says", async () => {
  const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  const [, program = "", printed = ""] = /```ts\n(.*?)```.*?```text\n(.*?)```/su.exec(readme) ?? [];
  await using node = await reachableNode();
  node.world.host("n2", await freePort());
  // Where the package finds itself by its own name.
  await using folder = await mkdtempDisposable(join(import.meta.dirname, "readme-"));
  const file = join(folder.path, "example.ts");
  await writeFile(file, program);
  await using running = await runCommand({ argv: ["env", "-C", node.world.folder, process.execPath, file] });
  expect(await text(running.stdout)).toBe(printed);
  expect(await running.exited).toEqual({ code: 0, signal: null });
});
