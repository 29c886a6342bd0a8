/** An agent behind a login shell that prints so many bytes first: `banner-agent.ts BYTES AGENT`. */
import { writeSync } from "node:fs";

const [, , bytes, agent = ""] = process.argv;
const LINE = "Welcome to the cluster. Unauthorised use is prohibited.\n";
const banner = LINE.repeat(Math.ceil(Number(bytes) / LINE.length));
for (let at = 0; at < banner.length; at += 4_096) writeSync(1, banner.slice(at, at + 4_096));
process.argv = [process.execPath, agent];
await import(agent);
