/** Opens the database of its argument as a user who may not write there, and prints the error's code. */
import { openResults, ResultsError } from "../../src/index.ts";

const NOBODY = 65_534;
if (process.getuid?.() === 0) process.setuid?.(NOBODY);
const [, , path = ""] = process.argv;
try {
  await using _results = await openResults({ path, programId: "nobod" });
  console.log("opened");
} catch (error) {
  if (!(error instanceof ResultsError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
