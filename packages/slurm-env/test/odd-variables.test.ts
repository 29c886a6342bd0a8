import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseAllocation } from "../src/index.ts";
import { jobEnv } from "./fixtures/job-env.ts";
import { allVariables, oddText } from "./fixtures/odd-variables.ts";
import { recordedJobs } from "./fixtures/read-fixture.ts";

describe("a variable that nobody needs does not stop a run", () => {
  test.each([
    ["SLURM_JOB_NUM_NODES", "two", "a whole number of at most 15 digits is expected"],
    ["SLURM_JOB_NUM_NODES", "3", "SLURM_JOB_NODELIST names 2 node(s)"],
    ["SLURM_JOB_NUM_NODES", "0", "a number of at least 1 is expected"],
    ["SLURM_ARRAY_TASK_ID", "1", "SLURM_ARRAY_JOB_ID does not tell of which array"],
    ["SLURM_ARRAY_TASK_ID", "1-3", "a whole number of at most 15 digits is expected"],
    ["SLURM_ARRAY_JOB_ID", "7", "SLURM_ARRAY_TASK_ID does not tell which task of that array this is"],
    ["SLURM_JOB_END_TIME", "soon", "a whole number of at most 15 digits is expected"],
    ["SLURM_JOB_START_TIME", "2026-11-22T14:50:03", "a whole number of at most 15 digits is expected"],
    ["SLURM_MEM_PER_NODE", "4G", "a whole number of at most 15 digits is expected"],
    ["SLURM_MEM_PER_CPU", "-1", "a whole number of at most 15 digits is expected"],
    ["SLURM_GPUS_PER_NODE", "2,a100:x", "GPUs are expected as COUNT or TYPE:COUNT"],
    ["SLURM_GPUS_PER_TASK", "some", "GPUs are expected as COUNT or TYPE:COUNT"],
    ["SLURM_GPUS_ON_NODE", "two", "a whole number of at most 15 digits is expected"],
    ["SLURM_JOB_GPUS", "0,1x", "GPU ids are numbers and ranges, or names, separated by commas"],
    ["SLURM_JOB_GPUS", "MIG-1,", "the name of a GPU is expected"],
    ["SLURM_JOB_GPUS", "0-99999999", "more than 65536 numbers"],
    ["SLURM_RESTART_COUNT", "again", "a whole number of at most 15 digits is expected"],
    ["SLURM_HET_SIZE", "many", "a whole number of at most 15 digits is expected"],
  ])("%s=%s counts as not set, and a note says why: %s", (variable, text, problem) => {
    const { notes, ...allocation } = parseAllocation(jobEnv({ [variable]: text }));
    expect(notes).toEqual([{ variable, text, message: `${variable}="${text}" counts as not set: ${problem}` }]);
    expect({ ...allocation, notes: [] }).toEqual(parseAllocation(jobEnv({ [variable]: undefined })));
  });

  it("tasks that are needed for a count of GPUs only may be odd", () => {
    const { nodes, notes } = parseAllocation(jobEnv({ SLURM_GPUS_PER_TASK: "1", SLURM_TASKS_PER_NODE: "2(x3" }));
    expect(nodes).toMatchObject([{ cpus: 4 }, { cpus: 2 }]);
    expect(notes).toMatchObject([{ variable: "SLURM_TASKS_PER_NODE" }]);
  });

  it("an array's task with an odd count still knows its array", () => {
    const { array, notes } = parseAllocation(
      jobEnv({
        SLURM_ARRAY_JOB_ID: "7",
        SLURM_ARRAY_TASK_ID: "2",
        SLURM_ARRAY_TASK_COUNT: "?",
        SLURM_ARRAY_TASK_MAX: "9",
      }),
    );
    expect(array).toEqual({ jobId: 7, taskId: 2, maxTaskId: 9 });
    expect(notes).toMatchObject([{ variable: "SLURM_ARRAY_TASK_COUNT" }]);
  });

  it("a note is one line, however long or strange the text", () => {
    const [note] = parseAllocation(jobEnv({ SLURM_MEM_PER_NODE: `\u001b[2J\n${"9".repeat(100_000)}` })).notes;
    expect(note?.message).toMatch(
      /^SLURM_MEM_PER_NODE="\\u001b\[2J\\u000a9{20,80}\.\.\." counts as not set: [\x20-\x7e]+$/,
    );
  });

  test.each(recordedJobs)(
    "$name: every variable but the needed ones may say anything, and the job's nodes and CPUs stay the same",
    ({ env }) => {
      const { nodes, notes } = parseAllocation(env);
      expect(notes).toEqual([]);
      const optional = [...new Set([...allVariables, ...Object.keys(env)])].filter((variable) => !isNeeded(variable));
      const shown = nodes.map(({ name, cpus }) => [name, cpus]);
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...optional), oddText), (changed) => {
          expect(parseAllocation({ ...env, ...changed }).nodes.map(({ name, cpus }) => [name, cpus])).toEqual(shown);
        }),
        { numRuns: 200 },
      );
    },
  );
});

/** Without these nobody knows where to run. In a heterogeneous job, what names the components tells whose nodes count. */
const isNeeded = (variable: string): boolean =>
  /^SLURM_(?:JOB_ID|JOB_NODELIST|JOB_CPUS_PER_NODE|HET_SIZE)(?:_HET_GROUP_\d+)?$/.test(variable);
