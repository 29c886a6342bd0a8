/**
 * Takes the database of its second argument into that of its first, and prints how many rows came in. With "die-before-commit" or
 * "die-after-commit" and a number it kills itself before, or right after, that COMMIT.
 */
import { openResults } from "../../src/index.ts";

const [, , path = "", source = "", fault = "", at = "0"] = process.argv;
let commits = 0;
const die = (): void => void process.kill(process.pid, "SIGKILL");
await using results = await openResults({
  path,
  programId: "taker",
  aroundCommit: (commit) => {
    commits += 1;
    if (fault === "die-before-commit" && commits === Number(at)) die();
    commit();
    if (fault === "die-after-commit" && commits === Number(at)) die();
  },
});
console.log((await results.takeIn(source, { id: "job" })).rows);
