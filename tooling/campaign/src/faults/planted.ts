/**
 * Faults of nobody's code: each forges what the judge is there to find, in a round that is sound otherwise. A judge that
 * does not find them is not worth its campaign.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaptopFault } from "../fault.ts";
import { COMPLETES, fails, isKilled } from "../judge/program-end.ts";
import { readJournal } from "../judge/read-evidence.ts";
import type { COUNTS } from "../judge/judge.ts";
import { type Acknowledgement, append, journalOf, monotonicMs, type Note } from "../program/journal.ts";
import type { LaptopTarget } from "../world/laptop-target.ts";

/** Each with what has to be found, and nothing else. */
export interface PlantedFault {
  /** What is done. */
  readonly fault: LaptopFault;
  /** What the judge has to find. */
  readonly finds: (typeof COUNTS)[number];
}

const planted = (
  finds: PlantedFault["finds"],
  name: string,
  strike: (target: LaptopTarget) => Promise<void> | void,
  more: Partial<LaptopFault> = {},
): PlantedFault => ({
  finds,
  fault: {
    name: `planted-${name}`,
    kind: "signals",
    world: "laptop",
    moments: ["running"],
    strike,
    ends: [COMPLETES],
    ...more,
  },
});

/** Faults that show that the judge sees. */
export const plantedFaults: readonly PlantedFault[] = [
  planted(
    "lost",
    "acknowledged-and-not-stored",
    async (target) => {
      target.signal(target.head, "SIGKILL");
      // As long as a worker lives it may begin the very call that is taken here.
      while ((await target.find("worker")).length > 0) await sleep(10);
      append(
        journalOf.acknowledgements(target.journals),
        { what: "acknowledged", run: "1", key: unknownKey(target), at: monotonicMs() },
        "as",
      );
    },
    { ends: [isKilled("SIGKILL")] },
  ),
  planted("doubled", "computed-again", (target) => note(target, someKey(target), ["begin", "end"])),
  planted("cpusTwice", "two-on-a-cpu", async (target) => {
    await untilEnded(target);
    const pids = [1, 2];
    for (const what of ["begin", "end"] as const) for (const pid of pids) note(target, -pid, [what], pid);
  }),
  planted("leftOver", "process", (target) =>
    spawn("sleep", ["600"], { env: target.env, detached: true, stdio: "ignore" }).unref(),
  ),
  planted("leftOver", "temporary-file", ({ temporary }) => writeFileSync(join(temporary, "forgotten"), "")),
  planted("leftOver", "lock", ({ dir }) => writeFileSync(join(dir, "results.sqlite.lock.0123456789ab.draft"), "")),
  planted("hangs", "stopped", ({ head, signal }) => signal(head, "SIGSTOP"), { endsWithinMs: 1_500 }),
  planted("unexpectedEnds", "killed", ({ head, signal }) => signal(head, "SIGKILL")),
  planted("unexpectedEnds", "says-nothing", ({ head, signal }) => signal(head, "SIGINT"), {
    ends: [fails(/a sentence that nobody prints/)],
  }),
];

const someKey = ({ journals }: LaptopTarget): number =>
  readJournal<Acknowledgement>(journalOf.acknowledgements(journals))[0]?.key ?? Number.NaN;

/** The last call that the program would have come to. */
function unknownKey({ journals }: LaptopTarget): number {
  const begun = readJournal<Note>(journalOf.computations(journals)).map(({ key }) => key);
  return Math.max(...begun) + 1;
}

function note({ journals }: LaptopTarget, key: number, whats: readonly Note["what"][], pid = 1): void {
  for (const what of whats)
    append(
      journalOf.computations(journals),
      { what, run: "1", key, attempt: 1, node: "planted", pid, mask: "", lease: [0], at: monotonicMs() },
      "a",
    );
}

async function untilEnded(target: LaptopTarget): Promise<void> {
  while (!target.hasEnded) await sleep(10);
}
