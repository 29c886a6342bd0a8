/** Does with Slurm what lines on its input say, and tells of it in lines on its output, until its input ends. */
import { createInterface } from "node:readline";
import { askJobEnd, cancelJobs, SlurmWatch } from "../../../src/slurm/index.ts";
import type { AskedFor, Told } from "../asker-process.ts";

const tell = (told: Told): void => console.log(JSON.stringify(told));

await using watch = new SlurmWatch({
  firstMs: 300,
  longestMs: 1_000,
  answerLimitMs: Number(process.argv[2] ?? 60_000),
  onNotice: (notice) => tell({ what: "notice", notice }),
});

async function answer(request: AskedFor): Promise<void> {
  switch (request.what) {
    case "watch": {
      const job = watch.watch({ jobId: request.jobId, name: request.name });
      job.onChange(({ view }) => tell({ what: "view", name: request.name, view }));
      return;
    }
    case "age":
      return tell({ what: "age", ageMs: watch.ageMs });
    case "end":
      return tell({
        what: "end",
        name: request.name,
        end: await askJobEnd(request.jobId, request.name, {
          outputFile: request.outputFile,
        }),
      });
    case "cancel": {
      return tell({
        what: "cancelled",
        cancelled: await cancelJobs(request.jobs, { timeLimitMs: request.timeLimitMs ?? 60_000 }),
      });
    }
    default:
      return request satisfies never;
  }
}

for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line));
