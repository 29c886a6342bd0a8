import { expect, test } from "vitest";
import { runProgram } from "./world.ts";

test("a module that describes maps and memoised functions does not load SQLite", async () => {
  await using program = runProgram("importer.ts");
  expect(await program.nextLine()).toBe("[]");
});
