import { expect, test } from "vitest";
import { lookupAll, openResults } from "../src/index.ts";
import { brackets, remainingLines, runProgram, temporaryFolder } from "./world.ts";

async function storedNumbers(path: string): Promise<ReadonlySet<number>> {
  await using results = await openResults({ path, programId: "after" });
  return new Set((await lookupAll(brackets)({ results })).map(([{ n }]) => n));
}

test("after kill -9 of the writing program every acknowledged row is there", async () => {
  using folder = temporaryFolder();
  await using writer = runProgram("writer.ts", folder.database);
  const acknowledged: string[] = [];
  while (acknowledged.length < 150) acknowledged.push((await writer.nextLine()) ?? "");
  const killed = writer.kill();
  acknowledged.push(...(await remainingLines(writer)));
  await killed;
  const stored = await storedNumbers(folder.database);
  expect(acknowledged.filter((line) => !stored.has(Number(line)))).toEqual([]);
});

test("death between COMMIT and acknowledgement keeps the rows", async () => {
  using folder = temporaryFolder();
  await using writer = runProgram("writer.ts", folder.database, "die-after-commit");
  const acknowledged = await remainingLines(writer);
  expect(acknowledged).toHaveLength(20);
  expect(await storedNumbers(folder.database)).toHaveProperty("size", 30);
});

test("death before COMMIT keeps all that was acknowledged and nothing of the rest", async () => {
  using folder = temporaryFolder();
  await using writer = runProgram("writer.ts", folder.database, "die-before-commit");
  const acknowledged = await remainingLines(writer);
  expect(acknowledged).toHaveLength(20);
  expect(await storedNumbers(folder.database)).toHaveProperty("size", 20);
});
