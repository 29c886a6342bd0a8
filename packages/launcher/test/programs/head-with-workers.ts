/** A program with one worker in a synchronous loop, and one with a child of its own; prints a line when all that runs. Takes a folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openNodeLauncher } from "../../src/index.ts";
import { loop } from "../functions.ts";
import { leaveChild } from "../functions/programs.ts";

const [, , folder = ""] = process.argv;
const launcher = await openNodeLauncher({ logDir: folder }, { type: "LocalHost" });
const [looping, other] = await Promise.all([launcher.launch({}), launcher.launch({})]);
const file = join(folder, "looping");
void looping.call(loop, { file, ms: null });
await other.call(leaveChild, {});
while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
console.log("ready");
