/** Loaded into a process by --import: writes down each module that the process loads. */
import { registerHooks } from "node:module";

const recorded: string[] = [];
Reflect.set(globalThis, "recordedModules", recorded);
registerHooks({
  load: (url, context, nextLoad) => {
    recorded.push(url);
    return nextLoad(url, context);
  },
});
