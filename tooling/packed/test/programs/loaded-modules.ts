/** Given to a program and all its processes by `--import`: notes each module that is loaded after it. */
import { registerHooks } from "node:module";

/** The addresses of this process's modules so far. */
export const loadedModules: string[] = [];

registerHooks({
  load(url, context, nextLoad) {
    loadedModules.push(url);
    return nextLoad(url, context);
  },
});
