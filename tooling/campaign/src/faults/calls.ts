/** Calls that do what functions do to their process, in each of the ways that somebody has thought of so far. */
import type { HostileCalls, LaptopFault } from "../fault.ts";
import { COMPLETES, COMPLETES_BUT_FOR_HOSTILE, type ExpectedEnd, fails } from "../judge/program-end.ts";

const TIME_LIMIT_MS = 300;

const fault = (name: string, hostile: HostileCalls, more: Partial<LaptopFault> = {}): LaptopFault => ({
  name: `call-${name}`,
  kind: "calls",
  world: "laptop",
  hostile,
  ends: [COMPLETES_BUT_FOR_HOSTILE],
  // The fault is in the calls, not at a moment.
  moments: ["at-once"],
  ...more,
});

/** They are what they should be once the hostile calls are over. */
const ALL: readonly ExpectedEnd[] = [COMPLETES];
/** Nobody else may pay. */
const ALONE = { sparesOthers: true } as const;

/** What calls do. */
export const calls: readonly LaptopFault[] = [
  fault("throws", { does: "throws" }, ALONE),
  fault("throws-in-next-tick", { does: "throws in nextTick", most: 20 }, ALONE),
  fault("throws-in-timer", { does: "throws in a timer" }),
  fault("throws-nothing", { does: "throws nothing" }, ALONE),
  fault("rejects-unheard", { does: "rejects unheard", most: 20 }, ALONE),
  fault("exits", { does: "exits" }, ALONE),
  fault("exits-with-0", { does: "exits with code 0" }, ALONE),
  fault("exits-in-later-tick", { does: "exits in a later tick" }),
  fault("exits-in-timer", { does: "exits in a timer" }),
  fault("aborts", { does: "aborts" }, ALONE),
  fault("kills-itself", { does: "kills itself" }, ALONE),
  fault("ends-itself", { does: "ends itself" }, ALONE),
  fault("stops-itself", { does: "stops itself", timeLimitMs: TIME_LIMIT_MS, most: 2 }),
  fault("loops", { does: "loops", timeLimitMs: TIME_LIMIT_MS, most: 2 }, ALONE),
  fault("ignores-term", { does: "ignores SIGTERM and loops", timeLimitMs: TIME_LIMIT_MS, most: 2 }, ALONE),
  fault("never-settles", { does: "never settles", timeLimitMs: TIME_LIMIT_MS, most: 2 }),
  fault("out-of-memory", { does: "uses up its memory", memoryMb: 32, most: 2 }, ALONE),
  fault("prints-100-mb", { does: "prints 100 MB", most: 1 }, { ...ALONE, ends: ALL }),
  fault("closes-0-to-2", { does: "closes 0 to 2" }, { ends: ALL }),
  fault("closes-3", { does: "closes 3" }),
  fault("closes-all", { does: "closes all" }),
  fault("breaks-buffer", { does: "breaks Buffer.from" }),
  fault("breaks-promise", { does: "breaks Promise" }),
  fault("breaks-map-and-json", { does: "breaks Map and JSON" }),
  fault("removes-exit", { does: "removes process.exit" }, { ends: ALL }),
  fault("removes-its-directory", { does: "removes its directory" }),
  fault("removes-its-log", { does: "removes its log" }, { ends: ALL }),
  fault("changes-title", { does: "changes its title" }, { ...ALONE, ends: ALL }),
  fault("leaves-session", { does: "starts a program in a session of its own" }, { ...ALONE, ends: ALL }),
  fault("leaves-stubborn", { does: "starts a program that ignores SIGTERM" }, { ...ALONE, ends: ALL }),
  fault(
    "leaves-session-head-killed",
    { does: "starts a program in a session of its own", most: 10 },
    {
      moments: ["running"],
      ends: [COMPLETES, { type: "is killed", signal: "SIGKILL" }],
      strike: ({ signal, head, hasEnded }) => {
        if (!hasEnded) signal(head, "SIGKILL");
      },
    },
  ),
  fault(
    "kills-its-agent",
    { does: "kills its agent", most: 1 },
    { ends: [COMPLETES, fails(/agent|is lost|no node/i)] },
  ),
  fault("time-limit-of-2-31", { does: "behaves", timeLimitMs: 2 ** 31 }, { ...ALONE, ends: ALL }),
  fault("memory-of-1-mb", { does: "behaves", memoryMb: 1, most: 5 }, {}),
];
