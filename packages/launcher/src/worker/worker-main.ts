/**
 * The worker's program. It turns on the compile cache before it loads anything else,
 * then runs calls until its agent closes the stream of frames or kills it.
 */
import { enableCompileCache } from "node:module";
import type { WorkerConfig } from "./worker-config.ts";

const config = JSON.parse(process.argv[2] ?? "null") as WorkerConfig;
if (config.compileCache !== null) enableCompileCache(config.compileCache);
const { runWorker } = await import("./worker.ts");
runWorker(config);
