/** A program for tests: twelve calls of one CPU each at once, then one of twelve. Prints the run's events, and how many calls were done. */
import { local, mapConcurrently, programInfo, remoteEval, runJobLocal, setTaskCpus } from "../../../src/index.ts";
import { nap } from "./many-workers.ts";

const inputs = Array.from({ length: 12 }, (_, x) => x);
const done = await runJobLocal(
  programInfo(process.argv[2] ?? ""),
  async (env) => [
    ...(await mapConcurrently(inputs, (x) => remoteEval(nap, x))(env)),
    await local(setTaskCpus(12), remoteEval(nap, 12))(env),
  ],
  {
    cpus: 12,
    progress: "none",
    onEvent: ({ event }) => {
      if (event.type !== "counts") process.stdout.write(`${JSON.stringify(event)}\n`);
    },
  },
);
process.stdout.write(`${JSON.stringify({ type: "done", calls: done.length })}\n`);
