/**
 * Inserts entries for ever and prints each one's number when it is acknowledged. With "die-after-commit"
 * it kills itself between its third COMMIT and the acknowledgement, with "die-before-commit" before that COMMIT.
 */
import { insert, openResults } from "../../src/index.ts";
import { brackets, root } from "../world.ts";

const [, , path = "", fault = ""] = process.argv;
let commits = 0;
const die = (): void => void process.kill(process.pid, "SIGKILL");
await using results = await openResults({
  path,
  programId: "write",
  aroundCommit: (commit) => {
    commits += 1;
    if (fault === "die-before-commit" && commits === 3) die();
    commit();
    if (fault === "die-after-commit" && commits === 3) die();
  },
});

for (let first = 0; ; first += 10) {
  const group = Array.from({ length: 10 }, async (_, offset) => {
    await insert(brackets, root(first + offset), [first + offset, 1])({ results });
    console.log(first + offset);
  });
  await Promise.all(group);
}
