/** What tests of reading share: opening for reading, and a database that a killed program has left. */
import { openResults, type ResultsSnapshot } from "../../src/index.ts";
import { remainingLines, runProgram, type Folder } from "../world.ts";

export const read = (path: string): Promise<ResultsSnapshot> => openResults({ path, readOnly: true });

/** Makes a database whose log was left by a program that was killed, and returns the last key that it has acknowledged. */
export async function killedWriter({ database }: Folder): Promise<number> {
  await using program = runProgram("writer.ts", database);
  let acknowledged = -1;
  while (acknowledged < 30) acknowledged = Number(await program.nextLine());
  await program.kill();
  for (const line of await remainingLines(program)) acknowledged = Math.max(acknowledged, Number(line));
  return acknowledged;
}
