import { describe, expect, test } from "vitest";
import type { StampedEvent } from "../../src/events/run-event.ts";
import { nextRunState, NO_RUN } from "../../src/state/run-state.ts";
import { eventLines } from "../../src/texts/event-lines.ts";
import { at, callsOfJob, counts, ended, INTERRUPTED, slurmJob, STARTED, textOf } from "../story.ts";

/** All lines of a story, as they are kept. */
function told(events: readonly StampedEvent[], live = false): string {
  let state = nextRunState(NO_RUN, STARTED, at(0, STARTED).at.getTime());
  const lines = events.flatMap((stamped) => {
    const before = state;
    state = nextRunState(before, stamped.event, stamped.at.getTime());
    return eventLines({ before, after: state }, stamped.event, live);
  });
  return `\n${textOf(lines)}\n`;
}

const RESOURCES = { reason: "Resources", sentence: "It waits in the queue. It waits for nodes to become free." };
const PRIORITY = { reason: "Priority", sentence: "It waits in the queue. Jobs with a higher priority are before it." };
const ON_TWO = { state: "running", nodes: ["n1", "n2"] } as const;

describe("what is told of a Slurm job", () => {
  const life = [
    at(1, slurmJob({ jobId: null, state: "submitting" })),
    at(2, slurmJob()),
    at(3, slurmJob(RESOURCES)),
    at(4, slurmJob(PRIORITY)),
    at(5, slurmJob(RESOURCES)),
    at(6, slurmJob(ON_TWO)),
    at(11, slurmJob({ ...ON_TWO, calls: callsOfJob({ done: 20, running: 4, waiting: 26 }) })),
    at(16, slurmJob({ ...ON_TWO, calls: callsOfJob({ done: 40, running: 4, waiting: 6 }) })),
    at(20, slurmJob({ ...ON_TWO, state: "done", calls: callsOfJob({ done: 49, failed: 1, remembered: 7 }) })),
  ];

  test("is a line for each change that matters, and nothing twice", () => {
    expect(told(life)).toMatchInlineSnapshot(`
      "
      Slurm job 4711 (roots/job n=2): is submitted
      Slurm job 4711 (roots/job n=2): It waits in the queue. It waits for nodes to become free.
      Slurm job 4711 (roots/job n=2): It waits in the queue. Jobs with a higher priority are before it.
      Slurm job 4711 (roots/job n=2): runs on n1 n2
      ✔ Slurm job 4711 (roots/job n=2): is done, 50 calls, 1 failed, 7 remembered
      "
    `);
  });

  test("is nothing where the live block shows it", () => {
    expect(told(life, true)).toBe("\n\n");
  });

  test("is what a person has to do, and what is no success, also beside the live block", () => {
    const events = [
      at(1, slurmJob({ jobId: null, state: "submitting" })),
      at(2, slurmJob({ jobId: null, state: "submitting", sentence: "Slurm does not take it yet: QOSMaxSubmitJob" })),
      at(3, slurmJob()),
      at(4, slurmJob({ state: "held", sentence: "It is held: `scontrol release 4711` lets it go on." })),
      at(5, slurmJob({ ...ON_TWO, sentence: "It is suspended." })),
      at(6, slurmJob(ON_TWO)),
      at(7, slurmJob({ jobId: null, state: "submitting", sentence: "Slurm job 4711 lost n2. It is submitted again" })),
      at(8, slurmJob({ jobId: 4712 })),
      at(
        9,
        slurmJob({ jobId: 4712, state: "failed", sentence: "roots/job failed in Slurm job 4712\n  out of memory" }),
      ),
      at(10, ended(10, "failed", "roots/job failed in Slurm job 4712\n  out of memory\n  at roots.ts:7")),
    ];
    expect(told(events, true)).toMatchInlineSnapshot(`
      "
      ⚠ roots/job n=2: Slurm does not take it yet: QOSMaxSubmitJob
      ⚠ Slurm job 4711 (roots/job n=2): It is held: \`scontrol release 4711\` lets it go on.
      ⚠ Slurm job 4711 (roots/job n=2): It is suspended.
      ⚠ roots/job n=2: Slurm job 4711 lost n2. It is submitted again
      ✗ roots/job failed in Slurm job 4712
        out of memory
      failed after 10 s: 0 jobs, 0 failed
          at roots.ts:7
      "
    `);
  });

  test("that fails as others have is in the log", () => {
    const failed = Array.from({ length: 9 }, (_, i) =>
      at(i, slurmJob({ call: `q7RkW-${i}`, jobId: 4711 + i, state: "failed", sentence: `job ${4711 + i} failed` })),
    );
    expect(told(failed)).toMatchInlineSnapshot(`
      "
      ✗ job 4711 failed
      ✗ job 4712 failed
      ✗ job 4713 failed
      ✗ job 4714 failed
      ✗ job 4715 failed
        … more of these are in out/logs/2026-11/q7RkW/events.jsonl
      "
    `);
  });

  test("that goes on when the program is interrupted, is what the next run joins", () => {
    const two = [at(1, slurmJob()), at(1, slurmJob({ call: "q7RkW-2", jobId: 4712, ...ON_TWO }))];
    const done = at(1, slurmJob({ call: "q7RkW-3", jobId: 4713, state: "done" }));
    const jobs = at(2, counts([{ name: "roots/job", waiting: 1, running: 1, done: 1 }]));
    expect(told([...two, done, jobs, at(3, INTERRUPTED), at(3, ended(3, "interrupted"))], true)).toMatchInlineSnapshot(`
      "
      Interrupted by SIGINT: ending ...
      interrupted after 3.0 s: 1 job, 0 failed, 2 not done
        2 Slurm jobs go on; run the same command again to join them
        scancel 4711 4712 ends them
        what was stored is in out/results.sqlite: run the same command again to go on from there
      "
    `);
    expect(told([done, at(3, INTERRUPTED), at(3, ended(3, "interrupted"))], true)).not.toContain("scancel");
  });

  test("beside it: notices, Slurm's silence, a question where no live block has it", () => {
    const events = [
      at(1, { type: "slurm-notice", kind: "submission", message: "No partition has 9 nodes." }),
      at(2, { type: "slurm-silent", message: "squeue: error" }),
      at(3, { type: "slurm-answers", afterMs: 200_000 }),
      at(4, { type: "question", text: "2 jobs run:\nd leaves them" }),
      at(5, { type: "question", text: null }),
    ] as const;
    expect(told(events)).toMatchInlineSnapshot(`
      "
      ⚠ No partition has 9 nodes.
      ⚠ Slurm gives no answer; what is known of the jobs grows old, and nothing has ended for that. squeue: error
      Slurm answers again, after 3 m 20 s
      ? 2 jobs run:
        d leaves them
      "
    `);
    expect(told(events, true)).not.toContain("d leaves them");
  });
});
