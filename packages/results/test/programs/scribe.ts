/**
 * Has the database of its first argument open, as the program of its second, whose functions have the code of its third. Each line
 * of its input is a list of what to call of it, such as [["insert", "m", "1", "2"], ["noteCode", "m", "f"]]; it says
 * "done" after each.
 */
import { createInterface } from "node:readline";
import { openResults } from "../../src/index.ts";

const [, , path = "", programId = "", code] = process.argv;
await using results = await openResults({
  path,
  programId,
  ...(code === undefined ? {} : { codeOfToday: () => code }),
});
console.log("open");
for await (const line of createInterface(process.stdin)) {
  await Promise.all(
    JSON.parse(line).map(([verb, map, key, value]: readonly [string, string, string, string]) => {
      if (verb === "insert") return results.insert(map, key, value);
      if (verb === "forget") return results.forget(map, [key]);
      return results.noteCode(map, key);
    }),
  );
  console.log("done");
}
