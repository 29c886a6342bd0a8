import { describe, expect, test } from "vitest";
import { jobPhase, type JobState, jobStates } from "../src/index.ts";

const inPhase = (kind: string): readonly JobState[] => jobStates.filter((state) => jobPhase(state).kind === kind);

describe("the states of a job", () => {
  test("have ended where no process of the job is left", () => {
    expect(inPhase("ended").toSorted()).toEqual([
      "BOOT_FAIL",
      "CANCELLED",
      "COMPLETED",
      "DEADLINE",
      "FAILED",
      "NODE_FAIL",
      "OUT_OF_MEMORY",
      "PREEMPTED",
      "REVOKED",
      "TIMEOUT",
    ]);
  });

  test("tell whether the job's program came to its own end", () => {
    expect(jobPhase("COMPLETED")).toEqual({ kind: "ended", byItself: true });
    expect(jobPhase("FAILED")).toEqual({ kind: "ended", byItself: true });
    for (const state of ["CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED"])
      expect(jobPhase(state)).toEqual({ kind: "ended", byItself: false });
  });

  test("hold nodes where processes run, are stopped, or nodes boot for them", () => {
    expect(inPhase("running").toSorted()).toEqual([
      "CONFIGURING",
      "RESIZING",
      "RUNNING",
      "SIGNALING",
      "STAGE_OUT",
      "STOPPED",
      "SUSPENDED",
    ]);
    expect(jobPhase("COMPLETING")).toEqual({ kind: "completing" });
  });

  test("tell what waits for a person from what waits for Slurm", () => {
    const held = inPhase("pending").filter((state) => {
      const phase = jobPhase(state);
      return phase.kind === "pending" && phase.held;
    });
    expect(held.toSorted()).toEqual(["REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"]);
    expect(jobPhase("PENDING")).toEqual({ kind: "pending", held: false });
  });

  test("are read as sacct writes them, too", () => {
    expect(jobPhase("CANCELLED by 1001")).toEqual(jobPhase("CANCELLED"));
  });

  test.each(["DREAMING", "", "toString", "completed"])(
    "are never taken for an end where they are not known: %j",
    (word) => {
      expect(jobPhase(word)).toEqual({ kind: "unknown" });
    },
  );
});
