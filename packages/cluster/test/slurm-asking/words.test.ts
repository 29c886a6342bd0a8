import { jobPhase, jobStates } from "@hyperion-ts/slurm-env";
import { describe, expect, test } from "vitest";
import { jobMeaning, waitReason } from "../../src/slurm/index.ts";

const RESOURCES = ["Cpu", "Mem", "Node", "GRES", "License", "Energy", "BB", "Billing", "Unknown"];
const each = (name: (resource: string) => string): readonly string[] => RESOURCES.map(name);

describe("a reason", () => {
  test.each([
    {
      kind: "by-itself",
      reasons: [
        "None Resources Priority Dependency BeginTime JobArrayTaskLimit Licenses Reservation Cleaning Prolog SchedDefer",
        "MpiPortsBusy BurstBufferResources BurstBufferStageIn MaxPoweredUpNodes FedJobLock Constraints AssocMaxJobsLimit",
        "QOSMaxCpuPerUserLimit QOSMaxJobsPerUserLimit MaxJobsPerAccount AssocGrpJobsLimit QOSGrpCPURunMinutesLimit",
        "AssocMaxSubmitJobLimit QOSMaxSubmitJobPerUserLimit MaxSubmitJobsPerAccount QOSGrpSubmitJobsLimit QOSJobLimit",
        ...each(
          (what) => `QOSMax${what}PerUser Max${what}PerAccount QOSGrp${what} AssocGrp${what} AssocGrp${what}RunMinutes`,
        ),
      ],
    },
    { kind: "maybe", reasons: ["ReqNodeNotAvail NodeDown PartitionDown PartitionInactive"] },
    {
      kind: "person",
      reasons: [
        "JobHeldUser JobHeldAdmin JobHoldMaxRequeue PartitionTimeLimit PartitionNodeLimit PartitionConfig MaxMemPerLimit",
        "QOSUsageThreshold BadConstraints DependencyNeverSatisfied InvalidAccount InvalidQOS AccountNotAllowed QOSNotAllowed",
        "AccountingPolicy ReservationDeleted ReservationInvalid DeadLine AssocMaxWallDurationPerJobLimit",
        "QOSMaxWallDurationPerJobLimit AssocGrpCPUMinutesLimit AssocGrpWallLimit QOSMinCpuNotSatisfied",
        ...each(
          (what) =>
            `QOSMax${what}PerJob AssocMax${what}MinutesPerJob QOSMax${what}PerNode QOSGrp${what}Minutes QOSMin${what}`,
        ),
      ],
    },
  ])("says whether a wait ends: $kind", ({ kind, reasons }) => {
    const wrong = reasons.flatMap((line) => line.split(" ")).filter((reason) => waitReason(reason).kind !== kind);
    expect(wrong).toEqual([]);
  });

  test.each([
    ["ReqNodeNotAvail, UnavailableNodes:n3", "maybe"],
    ["ReqNodeNotAvail,_UnavailableNodes:n3", "maybe"],
    ["Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions", "maybe"],
    ["job requeued in held state", "person"],
    ["launch failed requeued held", "person"],
    ["launch_failed_requeued_held", "person"],
    ["user env retrieval failed requeued held", "person"],
  ])("may be a sentence, as squeue or scontrol write it: %s", (reason, kind) => {
    expect(waitReason(reason).kind).toBe(kind);
  });

  test.each(["No free leaf switches", "toString", "PriorityBoost"])(
    "that is not known is shown as it is: %s",
    (reason) => {
      expect(waitReason(reason)).toEqual({
        kind: "unknown",
        sentence: `Slurm says "${reason}": unknown whether that ends by itself.`,
      });
    },
  );
});

describe("a state", () => {
  test("has a sentence, and is an end where it is one to jobPhase", () => {
    for (const state of jobStates) {
      const { change, sentence } = jobMeaning(state, undefined);
      expect(sentence).toMatch(/^It .*\.$|^Its .*\.$|^Another .*\.$|^A .*\.$/);
      expect([state, change === "ended"]).toEqual([state, jobPhase(state).kind === "ended"]);
    }
  });

  test("that waits says why", () => {
    expect(jobMeaning("PENDING", "Resources")).toEqual({
      change: "by-itself",
      sentence: "It waits in the queue. It waits for nodes, CPUs or memory to become free.",
    });
    expect(jobMeaning("PENDING", "JobHeldUser").change).toBe("person");
    expect(jobMeaning("REQUEUE_HOLD", "None").change).toBe("person");
  });

  test("that hides what comes then is no end", () => {
    expect(jobMeaning("COMPLETING", "TimeLimit")).toEqual({
      change: "by-itself",
      sentence: "It has come to its time limit, and is being ended.",
    });
  });

  test("that is not known is shown as it is, and is no end", () => {
    expect(jobMeaning("DREAMING", "x")).toEqual({
      change: "unknown",
      sentence: 'Slurm says that it is "DREAMING": unknown what that means.',
    });
  });

  test("may have words behind it, as sacct writes it", () => {
    expect(jobMeaning("CANCELLED by 1001", undefined)).toEqual(jobMeaning("CANCELLED", undefined));
  });
});
