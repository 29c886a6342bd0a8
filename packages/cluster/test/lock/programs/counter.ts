/** Increments the number in FOLDER/count TIMES times under a lock, each time as a call of its own. */
import { join } from "node:path";
import { programInfo } from "@hyperion-ts/job";
import { lock } from "../../../src/index.ts";
import { increment } from "./increment.ts";

const [folder = "", times = "1"] = process.argv.slice(2);
const env = { programInfo: programInfo(folder), signal: new AbortController().signal };
const once = lock({ what: "count" }, () => increment(join(folder, "count")));
await Promise.all(Array.from({ length: Number(times) }, () => once(env)));
