/** Opens the database of its argument, says so, and holds it until its input ends. */
import { openResults, ResultsError } from "../../src/index.ts";

const [, , path = ""] = process.argv;
try {
  await using results = await openResults({ path, programId: "holdr" });
  console.log("held");
  for await (const _chunk of process.stdin);
  results.flush();
} catch (error) {
  if (!(error instanceof ResultsError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
