/**
 * Inserts an entry into the database of its first argument, makes the file of the second, from which on a quota is used
 * up, and inserts another. Removes the file and inserts a third. Prints how each went.
 */
import { rmSync, writeFileSync } from "node:fs";
import { insert, openResults, ResultsError } from "../../src/index.ts";
import { brackets, root } from "../world.ts";

const [, , path = "", mark = ""] = process.argv;
const shown = (error: unknown): string =>
  error instanceof ResultsError ? `${error.code}: ${error.message}` : String(error);
try {
  await using results = await openResults({ path, programId: "quota" });
  const add = (n: number): Promise<void> =>
    insert(brackets, root(n), [n, n])({ results }).then(
      () => console.log(`${n} stored`),
      (error) => console.log(shown(error)),
    );
  await add(1);
  writeFileSync(mark, "");
  await add(2);
  rmSync(mark);
  await add(3);
} catch (error) {
  console.log(shown(error));
}
