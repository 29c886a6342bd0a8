/** Says that it has the locks of the keys, given as JSON, until its input ends; then it leaves in the given way. */
import { once } from "node:events";
import { programInfo } from "@hyperion-ts/job";
import { lock } from "../../../src/index.ts";

const [folder = "", keys = "[]", leave = "return"] = process.argv.slice(2);
const env = { programInfo: programInfo(folder), signal: new AbortController().signal };
await lock(JSON.parse(keys), async () => {
  console.log("held");
  process.stdin.resume();
  await once(process.stdin, "end");
  if (leave === "exit") process.exit(3);
})(env);
