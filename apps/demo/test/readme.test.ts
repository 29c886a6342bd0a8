/** The program in the repository's README is run as it stands there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startProgram, storedResults, temporaryFolder } from "./world.ts";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

test("the README's program prints what the README says, also when it finds all results in its database", async () => {
  // Inside of this package, so that the program's imports are found.
  using folder = temporaryFolder(fileURLToPath(new URL("..", import.meta.url)));
  const program = join(folder.path, "roots.ts");
  writeFileSync(program, firstBlock("ts"));
  for (const _run of ["first", "second"]) {
    await using running = startProgram(program, folder);
    expect(await running.ended).toMatchObject({ code: 0, stdout: firstBlock("text") });
    expect(storedResults(join(folder.path, "out/results.sqlite"), "square_roots")).toBe(3);
  }
  const look = join(folder.path, "look.ts");
  writeFileSync(look, firstBlock("ts", 'from "./roots.ts"'));
  await using looking = startProgram(look, folder);
  expect(await looking.ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/│ x +│ eps +│ low +│ high .*│ 2 +│ 0.0001 +│ 1.4141\d* +│ 1.4142\d*/s),
  });
});

/** The first block of a language in the README that has a text in it. */
function firstBlock(language: string, part = ""): string {
  const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, block]) => block);
  const block = blocks.find((found) => found?.includes(part));
  if (block === undefined) throw new Error(`The README has no block of ${language}`);
  return block;
}
