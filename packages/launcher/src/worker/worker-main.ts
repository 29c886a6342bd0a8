/** The worker's program. It waits to be told what it is to be, then runs calls until its agent closes the stream of frames or kills it. */
import { hideCompileCache } from "./compile-cache.ts";
import { runWorker } from "./worker.ts";

hideCompileCache();
runWorker();
