/**
 * A program with one worker in a synchronous loop, and one with children of its own, in its session and not; prints a line when
 * all that runs. Takes a folder and, as JSON, more of the launcher's configuration.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openNodeLauncher } from "../../src/index.ts";
import { loop } from "../functions.ts";
import { leaveChild, leaveOrphan } from "../functions/programs.ts";

const [, , folder = "", config = "{}"] = process.argv;
const launcher = await openNodeLauncher({ logDir: folder, ...JSON.parse(config) }, { type: "LocalHost" });
const [looping, other] = await Promise.all([launcher.launch({}), launcher.launch({})]);
const file = join(folder, "looping");
void looping.call(loop, { file, until: null });
await other.call(leaveChild, {});
await other.call(leaveChild, { detached: true });
await other.call(leaveOrphan, null);
while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
console.log("ready");
