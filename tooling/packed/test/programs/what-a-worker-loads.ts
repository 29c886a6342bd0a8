/** A user's module as it is usual, with a remote function that tells what its process has loaded. Prints this of a worker and of the head. */
import {
  defineRemote,
  keyValMap,
  mapConcurrently,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "@hyperion-ts/job";
import { z } from "zod";
import { loadedModules } from "./loaded-modules.ts";

export const loaded = z.object({ modules: z.array(z.string()), builtins: z.array(z.string()) });

export const whatIsLoaded = defineRemote(import.meta, {
  name: "packed/what-is-loaded",
  input: z.object({ times: z.int() }),
  output: loaded,
  run: () => loadedHere(),
});

const remembered = keyValMap("what_is_loaded", whatIsLoaded.input, whatIsLoaded.output);

/** `process.moduleLoadList` has what Node has loaded of its own, however it was asked to. */
export const loadedHere = (): z.infer<typeof loaded> => ({
  modules: loadedModules,
  builtins: "moduleLoadList" in process ? z.array(z.string()).parse(process.moduleLoadList) : [],
});

const ask = mapConcurrently([1], (times) =>
  memoizeWithMap(remembered, (key) => remoteEval(whatIsLoaded, key), { times }),
);

if (import.meta.main) {
  const [worker] = await runJobLocal(programInfo("./out"), ask);
  console.log(JSON.stringify({ worker, head: loadedHere() }));
}
