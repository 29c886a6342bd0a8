/** A program whose one call is held: `node holding.ts DIR`. Prints the call's value, or why there is none. */
import { join } from "node:path";
import { programInfo, remoteEval, runJobLocal } from "../../../src/index.ts";
import { mended } from "../functions.ts";

const [dir = ""] = process.argv.slice(2);
const call = remoteEval(mended, { file: join(dir, "mended"), x: 3 });
console.log(
  await runJobLocal(programInfo(dir), call, { cpus: 1, progress: "none", onFailure: "hold" }).catch(
    (error: Error) => `${error.name}: ${error.message}`,
  ),
);
