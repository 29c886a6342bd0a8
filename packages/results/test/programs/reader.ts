/**
 * Reads the database of its argument, as user READER_UID if that is set, says "open", and prints a value when it is asked.
 * With a second argument it opens the database again and again until then.
 */
import { once } from "node:events";
import { canonicalJson } from "../../src/canonical-json.ts";
import { openResults, ResultsError } from "../../src/index.ts";
import { root } from "../world.ts";

const [, , path = "", again] = process.argv;
if (process.env["READER_UID"] !== undefined) process.setuid?.(Number(process.env["READER_UID"]));

async function readOnce(wait: () => Promise<unknown>): Promise<void> {
  try {
    // Not closed: whatever it holds has to go with the process.
    const results = await openResults({ path, readOnly: true });
    await wait();
    console.log(await results.lookup("binary_root_search", canonicalJson(root(3))));
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    console.log(`${error.code}: ${error.message}`);
  }
}

const asked = once(process.stdin, "data");
if (again === undefined) {
  await readOnce(() => {
    console.log("open");
    return asked;
  });
} else {
  const isAsked = asked.then(() => true);
  const notYet = async (): Promise<false> => new Promise((resolve) => setImmediate(() => resolve(false)));
  do await readOnce(async () => {});
  while (!(await Promise.race([isAsked, notYet()])));
}
process.exit();
