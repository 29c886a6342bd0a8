/** Why a run can't do what is asked of it. */
import { hostname } from "node:os";
import { ControlError } from "../control-error.ts";
import type { FoundRun } from "./found-run.ts";

/** Why a run that has only a log can't do what it should: it has ended, or it is not here. */
export function notAsked({ id, control, process }: FoundRun, ended: boolean): ControlError {
  if (ended) return new ControlError("not-running", `Run ${id} has ended`);
  switch (process) {
    case "dead":
      return new ControlError("not-running", `Run ${id} was killed: its process is gone`);
    case "elsewhere": {
      const host = control?.run.host ?? "another machine";
      return new ControlError(
        "elsewhere",
        host === hostname()
          ? `Run ${id} is in another container of this machine, and can't be asked from here`
          : `Run ${id} is on ${host}: ask it there, for instance by "ssh ${host} hyperion ..."`,
      );
    }
    case "living":
      return new ControlError(
        "not-running",
        `Run ${id} gives no answer on ${control?.socket}: it ends just now, or hangs`,
      );
    case "unknown":
      return new ControlError(
        "not-running",
        `Run ${id} can't be asked: it has ended, or was started with "control: false"`,
      );
    default:
      return process satisfies never;
  }
}
