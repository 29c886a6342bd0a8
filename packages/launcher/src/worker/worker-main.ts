/**
 * The worker's program. It turns on the compile cache before it loads anything else, waits to be told what it
 * is to be, then runs calls until its agent closes the stream of frames or kills it.
 *
 * Its argument, if there is one, is the directory where compiled code is kept.
 */
import { useCompileCache } from "./compile-cache.ts";

const [compileCache] = process.argv.slice(2);
if (compileCache !== undefined) useCompileCache(compileCache);
const { runWorker } = await import("./worker.ts");
runWorker();
