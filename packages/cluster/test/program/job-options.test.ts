/** What an action changes for the jobs that it calls. */
import type { HasLauncher } from "@hyperion-ts/job";
import { expect, test } from "vitest";
import { changeJobOptions, type HasJobs, type OnFailure, setOnFailure, type SbatchOptions } from "../../src/index.ts";

test("jobs and single functions are held or rejected as an action says, whatever else it changes", () => {
  const asked: (readonly [SbatchOptions, OnFailure | undefined])[] = [];
  const taskLauncher: HasLauncher["taskLauncher"] = { launch: () => Promise.reject(new Error("not launched")) };
  const env: HasJobs & HasLauncher = {
    taskLauncher,
    taskCpus: 1,
    taskOptions: {},
    sbatchOptions: {},
    jobLauncher: {
      run: () => Promise.reject(new Error("not run")),
      tasks: (options, onFailure) => {
        asked.push([options, onFailure]);
        return taskLauncher;
      },
    },
  };
  const rejecting = setOnFailure("reject")(env);
  const { onFailure, sbatchOptions } = changeJobOptions({ qos: "short" })(rejecting);
  expect({ onFailure, sbatchOptions }).toEqual({ onFailure: "reject", sbatchOptions: { qos: "short" } });
  expect(asked).toEqual([
    [{}, "reject"],
    [{ qos: "short" }, "reject"],
  ]);
});
