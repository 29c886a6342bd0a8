import { describe, expect, it } from "vitest";
import { isFinal, parseJobs } from "../src/slurm-job.ts";

/** Lines of `scontrol show job --oneliner` of Slurm 22.05, shortened. */
const lines = `JobId=6 ArrayJobId=3 ArrayTaskId=1 JobName=a b Foo=c UserId=alice(20001) GroupId=alice(20001) Priority=1 JobState=RUNNING Reason=None Requeue=1 Restarts=2 ExitCode=0:0 Partition=main ReqNodeList=(null) NodeList=n[1-2] BatchHost=n1 NumNodes=2 NumCPUs=4 NumTasks=2 StdOut=/home/alice/my out.txt Power=
JobId=3 ArrayJobId=3 ArrayTaskId=2-3%1 JobName=w UserId=alice(20001) JobState=PENDING Reason=JobArrayTaskLimit Restarts=0 ExitCode=0:0 Partition=main NodeList=(null) NumCPUs=1-2 Power=
JobId=5 HetJobId=4 HetJobOffset=1 HetJobIdSet=4-5 JobName=w UserId=root(0) JobState=FAILED Reason=NonZeroExitCode Restarts=0 ExitCode=3:9 Partition=main NodeList=n2 NumCPUs=1 Power=
`;

it("the last field of a line ends before the space that Slurm 24.11 puts there", () => {
  expect(
    parseJobs(
      "JobId=6 JobName=w UserId=alice(20001) JobState=RUNNING NodeList=n1 NumCPUs=1 StdOut=/home/alice/slurm-6.out \n",
    )[0]?.outputFile,
  ).toBe("/home/alice/slurm-6.out");
});

describe("what scontrol prints", () => {
  const [task, waiting, component] = parseJobs(lines);

  it("becomes jobs, whose names and paths may have spaces", () => {
    expect(task).toEqual({
      id: 6,
      name: "a b",
      user: "alice",
      partition: "main",
      state: "RUNNING",
      reason: "None",
      nodes: ["n1", "n2"],
      cpus: 4,
      restarts: 2,
      exitCode: 0,
      exitSignal: 0,
      outputFile: "/home/alice/my out.txt",
      array: { jobId: 3, index: 1 },
    });
  });

  it("has one record for all tasks of an array that wait", () => {
    expect(waiting).toMatchObject({ state: "PENDING", nodes: [], array: { jobId: 3, index: undefined } });
  });

  it("tells a component's place, and how the job ended", () => {
    expect(component).toMatchObject({ het: { jobId: 4, offset: 1 }, exitCode: 3, exitSignal: 9 });
    expect([task, waiting, component].map((job) => job !== undefined && isFinal(job))).toEqual([false, false, true]);
  });

  it("may be nothing", () => {
    expect(parseJobs("No jobs in the system\n")).toEqual([]);
  });
});
