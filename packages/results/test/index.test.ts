import { expect, test } from "vitest";
import { runProgram } from "./world.ts";

test("a module that describes maps and memoised functions loads neither SQLite nor what reads and writes the file", async () => {
  await using program = runProgram("importer.ts");
  expect(await program.nextLine()).toBe("[]");
});
