/** A program for tests whose log folder has the same name in each run: calls on two workers, then prints their sum. */
import { join } from "node:path";
import { mapConcurrently, programInfo, remoteEval, runJobLocal } from "../../../src/index.ts";
import { square } from "../../functions.ts";

const [dir = ""] = process.argv.slice(2);
const squares = await runJobLocal(
  { ...programInfo(dir), logDir: join(dir, "logs") },
  mapConcurrently([1, 2, 3], (x) => remoteEval(square, x)),
  { cpus: 2, progress: "none" },
);
console.log(squares.reduce((sum, each) => sum + each, 0));
