import { describe, expect, test } from "vitest";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { type JobView, viewJob } from "../../src/run/abandoned-job.ts";

const viewed = (printed: string, id: number): JobView => viewJob(printed, parseSlurmJobId(id));

/** As Slurm 22.05 prints it. */
const record = (id: number, { state = "RUNNING", flag = 1, nodes = "n[2-3]", host = "n1", array = "" } = {}): string =>
  `JobId=${id} ${array}JobName=run.sh\n   UserId=alice(1001) GroupId=alice(1001) MCS_label=N/A\n   JobState=${state} Reason=None Dependency=(null)\n   Requeue=0 Restarts=0 BatchFlag=${flag} Reboot=0 ExitCode=0:0\n   ReqNodeList=n[1-3] ExcNodeList=(null)\n   NodeList=${nodes}\n   BatchHost=${host}\n   StdErr=/home/alice/slurm-${id}.out\n   StdOut=/home/alice/slurm-${id}.out\n\n`;

test("a job whose script's node is none of its nodes is abandoned", () => {
  expect(viewed(record(7), 7)).toEqual({
    type: "abandoned",
    id: "7",
    batchHost: "n1",
    outputFile: "/home/alice/slurm-7.out",
  });
});

test("of an array only the task itself is named, also the last one, which has the array's own id", () => {
  const text =
    record(8, { array: "ArrayJobId=9 ArrayTaskId=1 " }) + record(9, { array: "ArrayJobId=9 ArrayTaskId=2 " });
  expect([viewed(text, 8), viewed(text, 9)]).toMatchObject([{ id: "9_1" }, { id: "9_2" }]);
});

describe.each([
  ["attended", { nodes: "n[1-3]" }],
  ["attended", { nodes: "n1" }],
  ["attended", { nodes: "(null)" }],
  ["abandoned", { nodes: "n11,m1" }],
  ["abandoned", { state: "SUSPENDED" }],
  ["none-of-ours", { flag: 0 }],
  ["none-of-ours", { state: "COMPLETING" }],
  ["none-of-ours", { state: "CANCELLED" }],
  ["none-of-ours", { state: "PENDING", nodes: "" }],
])("it is %s", (type, fields) => {
  test(JSON.stringify(fields), () => {
    expect(viewed(record(7, fields), 7).type).toBe(type);
  });
});

test("a heterogeneous job is looked at by its first component, where the script is", () => {
  expect(viewed(record(7, { nodes: "n1" }) + record(8, { nodes: "n2", host: "n2" }), 7).type).toBe("attended");
});

test("what is not there has ended", () => {
  expect(viewed("", 7).type).toBe("none-of-ours");
});

test("a job's name says nothing of the job, whatever it looks like", () => {
  const named = record(7, { nodes: "n[1-3]" }).replace(
    "JobName=run.sh",
    "JobName=x JobId=9 JobState=RUNNING BatchHost=n9 NodeList=n5 BatchFlag=1",
  );
  expect([viewed(named, 7).type, viewed(named, 9).type]).toEqual(["attended", "none-of-ours"]);
});
