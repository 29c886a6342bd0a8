import { describe, expect, test } from "vitest";
import type { StampedEvent } from "../../src/events/run-event.ts";
import { liveLines } from "../../src/texts/live-lines.ts";
import { lineWidth, paintLine } from "../../src/texts/styled-line.ts";
import { after, at, callsOfJob, counts, slurmJob, STARTED, startMs, textOf } from "../story.ts";

const block = (seconds: number, events: readonly StampedEvent[], size = { columns: 79, rows: 24 }): string =>
  `\n${textOf(liveLines(after(at(0, STARTED), ...events), startMs + seconds * 1_000, size), size.columns)}\n`;

const job = (n: number) => ({ call: `q7RkW-${n}`, input: `n=${n}`, jobId: 4709 + n });

const THREE_JOBS = [
  at(
    1,
    slurmJob({
      ...job(2),
      state: "running",
      nodes: ["n1", "n2"],
      cpus: 4,
      calls: callsOfJob({ running: 4, waiting: 46 }),
    }),
  ),
  at(
    1,
    slurmJob({
      ...job(3),
      state: "running",
      nodes: ["n3", "n4"],
      cpus: 4,
      calls: callsOfJob({ running: 4, waiting: 46 }),
    }),
  ),
  at(1, slurmJob(job(4))),
  at(3, slurmJob({ ...job(4), reason: "Resources", sentence: "It waits for nodes." })),
  at(
    9,
    slurmJob({
      ...job(3),
      state: "running",
      nodes: ["n3", "n4"],
      cpus: 4,
      calls: callsOfJob({ done: 31, running: 4, waiting: 15 }),
    }),
  ),
  at(9, slurmJob({ ...job(2), state: "running", nodes: ["n1", "n2"], cpus: 4, calls: callsOfJob({ done: 50 }) })),
  at(9, slurmJob({ ...job(2), state: "done", nodes: ["n1", "n2"], cpus: 4, calls: callsOfJob({ done: 50 }) })),
  at(10, counts([{ name: "roots/job", done: 1, running: 1, waiting: 1 }])),
];

/** So many jobs that wait. */
const waiting = (count: number, from = 1): readonly StampedEvent[] =>
  Array.from({ length: count }, (_, i) => at(1, slurmJob({ ...job(from + i), reason: "Priority" })));

describe("the live block of a program on a login node", () => {
  test("shows each job: where it runs, how far it is, how fast, and what it waits for", () => {
    expect(block(10, THREE_JOBS)).toMatchInlineSnapshot(`
      "
      q7RkW  2 Slurm jobs, 2 nodes, 4 CPUs, 81/100 calls                     00:00:10
        ✔ job 4711  n=2  50/50  n1 n2  6.3 calls/s
        ▶ job 4712  n=3  31/50  n3 n4  3.9 calls/s  about 5 s left
       ⏳ job 4713  n=4         waiting in Slurm: Resources
      "
    `);
  });

  test("shows a failed job that waits for a person as held, with what helps, and not as one that is open", () => {
    const sentence = "out of memory on n3 → hyperion retry 3Fa --mem 8G";
    expect(block(10, [...THREE_JOBS, at(9, slurmJob({ ...job(4), state: "held", sentence, hold: "3Fa" }))]))
      .toMatchInlineSnapshot(`
      "
      q7RkW  1 Slurm job, 1 held, 2 nodes, 4 CPUs, 81/100 calls              00:00:10
        ✔ job 4711  n=2  50/50  n1 n2  6.3 calls/s
        ▶ job 4712  n=3  31/50  n3 n4  3.9 calls/s  about 5 s left
        ⚠ job 4713  n=4         out of memory on n3 → hyperion retry 3Fa --mem 8G
      "
    `);
  });

  test("is never wider than the terminal, with marks of any width", () => {
    for (const columns of [20, 30, 40, 50, 60, 79, 200]) {
      const lines = liveLines(after(at(0, STARTED), ...THREE_JOBS), startMs + 10_000, { columns, rows: 24 });
      for (const line of lines)
        expect(lineWidth([{ text: paintLine(line, { columns, colour: false }) }])).toBeLessThanOrEqual(columns);
    }
    expect(block(10, THREE_JOBS, { columns: 40, rows: 24 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 Slurm jobs, 4 CPUs     00:00:10
        ✔ job 4711  n=2  50/50
        ▶ job 4712  n=3  31/50  about 5 s left
       ⏳ job 4713  n=4         waiting in Sl…
      "
    `);
  });

  test("leaves out of the inputs what all jobs have", () => {
    const inputs = ["n=2 eps=1e-9 points=[50]", "n=3 eps=1e-9 points=[50]"];
    const two = inputs.map((input, i) => at(1, slurmJob({ ...job(2 + i), input })));
    expect(block(2, two)).toMatch(/job 4711  n=2  waiting[^]*job 4712  n=3  waiting/);
    expect(block(2, two.slice(1))).toContain("job 4712  n=3 eps=1e-9 points=[50]  waiting");
    const equal = [2, 3].map((n) => at(1, slurmJob({ ...job(n), input: "n=2 eps=1e-9" })));
    expect(block(2, equal).match(/n=2 eps=1e-9/g)).toHaveLength(2);
    expect(block(2, [at(1, slurmJob({ input: "" }))])).toContain("job 4711  roots/job  waiting");
  });

  test("says how long a job has waited, also before the program knew of it, and who has to do something", () => {
    const events = [
      at(5, slurmJob({ ...job(2), reason: "Priority", forMs: 3_600_000 })),
      at(
        5,
        slurmJob({
          ...job(3),
          state: "held",
          reason: "JobHeldUser",
          sentence: "It is held: `scontrol release 4712` lets it go on.",
        }),
      ),
      at(5, slurmJob({ ...job(4), jobId: null, state: "submitting" })),
      at(5, slurmJob({ ...job(5), state: "running", nodes: ["n5"], sentence: "It is suspended." })),
      at(5, slurmJob({ ...job(6), state: "failed", sentence: "roots/job failed in Slurm job 4715" })),
      at(5, slurmJob({ ...job(7), state: "cancelled" })),
    ];
    expect(block(65, events)).toMatchInlineSnapshot(`
      "
      q7RkW  4 Slurm jobs, 1 node                                            00:01:05
       ⏳ job 4711  n=2  waiting in Slurm for 01:01:00: Priority
        ⚠ job 4712  n=3  It is held: \`scontrol release 4712\` lets it go on.
        ▶ job 4714  n=5  It is suspended.
        ✗ job 4715  n=6  failed
        ■ job 4716  n=7  cancelled
        ◌ job       n=4  is being submitted
      "
    `);
  });

  test("shows the names of jobs where there are several, and calls that have no job yet", () => {
    const events = [
      at(1, slurmJob({ ...job(2), state: "running", nodes: ["n1"] })),
      at(1, slurmJob({ ...job(3), name: "roots/plot", state: "running", nodes: ["n2"] })),
      at(
        1,
        counts([
          { name: "roots/job", running: 1, waiting: 48, toCome: 0 },
          { name: "roots/plot", running: 1 },
        ]),
      ),
    ];
    expect(block(5, events)).toMatchInlineSnapshot(`
      "
      q7RkW  2 Slurm jobs, 2 nodes                                           00:00:05
        ▶ roots/job   0/49  1 running  48 waiting
        ▶ roots/plot   0/1  1 running
        ▶ job 4711  roots/job n=2   n1
        ▶ job 4712  roots/plot n=3  n2
      "
    `);
  });

  test("with many jobs shows those first that a person should look at, and counts the others", () => {
    const events = [
      ...waiting(20),
      at(2, slurmJob({ ...job(30), state: "running", nodes: ["n1"] })),
      ...waiting(20, 40),
      at(3, slurmJob({ ...job(70), state: "held", sentence: "It is held." })),
      ...Array.from({ length: 9 }, (_, i) => at(4 + i, slurmJob({ ...job(80 + i), state: "done" }))),
    ];
    expect(block(15, events, { columns: 79, rows: 11 })).toMatchInlineSnapshot(`
      "
      q7RkW  42 Slurm jobs, 1 node                                           00:00:15
       ⏳ job 4710  n=1   waiting in Slurm: Priority
       ⏳ job 4711  n=2   waiting in Slurm: Priority
       ⏳ job 4712  n=3   waiting in Slurm: Priority
       ⏳ job 4713  n=4   waiting in Slurm: Priority
        ▶ job 4739  n=30  n1
        ⚠ job 4779  n=70  It is held.
        … and 45 more jobs: 36 waiting, 9 done
      "
    `);
    expect(block(15, events, { columns: 79, rows: 5 })).toMatchInlineSnapshot(`
      "
      q7RkW  42 Slurm jobs, 1 node                                           00:00:15
        … and 51 more jobs: 1 held, 1 running, 40 waiting, 9 done
      "
    `);
  });

  test("shows of the jobs that have ended the last ones", () => {
    const ended = Array.from({ length: 9 }, (_, i) => at(4 + i, slurmJob({ ...job(10 + i), state: "done" })));
    expect(block(15, ended)).toMatchInlineSnapshot(`
      "
      q7RkW  no Slurm job is open                                            00:00:15
        ✔ job 4723  n=14
        ✔ job 4724  n=15
        ✔ job 4725  n=16
        ✔ job 4726  n=17
        ✔ job 4727  n=18
        … and 4 more jobs: 4 done
      "
    `);
  });

  test("says that Slurm gives no answer, for how long, and no longer when it does", () => {
    const silentMeanwhile = [...THREE_JOBS, at(11, { type: "slurm-silent", message: "squeue: error" } as const)];
    expect(block(71, silentMeanwhile)).toMatch(
      /q7RkW  2 Slurm jobs, 4 CPUs, no answer from Slurm for 1 m 00 s +00:01:11/,
    );
    const silent = [...waiting(1), at(5, { type: "slurm-silent", message: "squeue: error" } as const)];
    expect(block(65, silent)).toContain("1 Slurm job, no answer from Slurm for 1 m 00 s");
    expect(block(65, [...silent, at(60, { type: "slurm-answers", afterMs: 55_000 })])).not.toContain("no answer");
  });

  test("keeps a question below all else, as long as nobody has answered", () => {
    const asked = at(5, { type: "question", text: "2 Slurm jobs wait or run:\nd leaves them" } as const);
    expect(block(6, [...waiting(2), asked])).toMatchInlineSnapshot(`
      "
      q7RkW  2 Slurm jobs                                                    00:00:06
       ⏳ job 4710  n=1  waiting in Slurm: Priority
       ⏳ job 4711  n=2  waiting in Slurm: Priority
      ? 2 Slurm jobs wait or run:
        d leaves them
      "
    `);
    expect(block(6, [...waiting(2), asked, at(6, { type: "question", text: null })])).not.toContain("?");
  });
});
