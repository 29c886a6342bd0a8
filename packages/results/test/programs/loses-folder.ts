/** Stores an entry in the database of its argument, and another one when its input ends. Prints how each went. */
import { insert, openResults, ResultsError } from "../../src/index.ts";
import { brackets, root } from "../world.ts";

const [, , path = ""] = process.argv;
const results = await openResults({ path, programId: "loser" });
const add = (n: number): Promise<void> =>
  insert(brackets, root(n), [n, n])({ results }).then(
    () => console.log("stored"),
    (error: unknown) => console.log(error instanceof ResultsError ? `${error.code}: ${error.message}` : String(error)),
  );
await add(1);
for await (const _chunk of process.stdin);
await add(2);
await results[Symbol.asyncDispose]();
