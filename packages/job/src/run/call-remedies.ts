/** What would help a remote call that has failed for good, and what a person may change of it. Pure. */
import {
  type HoldChanges,
  HoldsError,
  megabytesOf,
  memoryText,
  type Remedy,
  secondsOf,
  timeText,
} from "@hyperion-ts/holds";
import type { HasLauncher } from "../capabilities.ts";
import type { CallError } from "../call-error.ts";

/** What would help after `error`, of a call with these settings. */
export function remedyOf({ reason }: CallError, { taskOptions }: HasLauncher): Remedy {
  const { memoryMb } = taskOptions;
  switch (reason.kind) {
    case "timed-out": {
      const seconds = Math.ceil(reason.timeLimitMs / 1_000);
      return { changes: { time: timeText(2 * seconds) }, words: `Twice the time: it had ${timeText(seconds)}.` };
    }
    case "over-memory":
      return moreMemory(reason.usedMb, reason.memoryMb);
    case "worker-died": {
      const { death } = reason;
      if (death.kind === "out-of-memory") return moreMemory(death.usedMb, memoryMb);
      return { changes: {}, words: "A retry makes it again, in another worker." };
    }
    case "not-started":
    case "no-node":
    case "run-ended":
    case "cancelled":
      return { changes: {}, words: "A retry makes it again." };
    default:
      return {
        changes: {},
        words:
          "Mend the program, and run it again: with other code it is held no longer, and what was computed stays. A retry runs the same code once more.",
      };
  }
}

/** The next power of two; not one that is hardly more. */
function moreMemory(usedMb: number | undefined, memoryMb: number | undefined): Remedy {
  const known = Math.max(usedMb ?? 0, memoryMb ?? 0);
  if (known === 0) return { changes: {}, words: "More memory than Node.js has by itself: hyperion retry ID --mem 8G." };
  const mem = memoryText(2 ** Math.ceil(Math.log2(known * 1.25)));
  const had = memoryMb === undefined || memoryMb === 0 ? "" : `: it had ${memoryText(memoryMb)}`;
  return { changes: { mem }, words: `More memory${had}.` };
}

/** @throws HoldsError `bad-change` for what only a Slurm job can have */
export function checkCallChanges({ mem: _mem, time: _time, cpus: _cpus, ...others }: HoldChanges): void {
  const [name] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined)
    throw new HoldsError("bad-change", `A remote call can't have --${name}: it has --cpus, --mem and --time`);
}

/** The environment with the changes for a retry. */
export const changedCall = <E extends HasLauncher>(env: E, { mem, time, cpus }: HoldChanges): E => ({
  ...env,
  taskCpus: cpus === undefined ? env.taskCpus : Number(cpus),
  taskOptions: {
    ...env.taskOptions,
    ...(mem === undefined ? {} : { memoryMb: megabytesOf(mem) }),
    ...(time === undefined ? {} : { timeLimitMs: 1_000 * secondsOf(time) }),
  },
});
