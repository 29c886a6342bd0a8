import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSbatchOptions } from "../../src/sbatch/check-sbatch-options.ts";
import { jobSeconds, slurmTime } from "../../src/sbatch/job-time.ts";
import { slurmMemory } from "../../src/sbatch/memory-size.ts";
import { mergeSbatchOptions, type SbatchOptions, withSbatchDefaults } from "../../src/sbatch/sbatch-options.ts";

/** Every option, with a value that it may have. */
const ALL = {
  chdir: "/scratch",
  nodes: { min: 2, max: 4 },
  nTasksPerNode: 8,
  cpusPerTask: 2,
  time: { days: 1, hours: 2 },
  mem: { gigabytes: 8 },
  memPerCpu: null,
  gpus: { type: "a100", count: 2 },
  gpusPerNode: 1,
  gres: ["gpu:a100:2", "shard:4"],
  partition: ["short", "long"],
  constraint: "haswell&ib|knl*2",
  account: "lab",
  qos: "normal",
  reservation: "course",
  nodelist: ["n[1-3]", "n7"],
  exclude: ["n4"],
  exclusive: "user",
  dependency: "afterany:4711:4712",
  licenses: ["matlab:2"],
  comment: "--wrap=rm\n$HOME '\"\\ ü",
  mailType: ["END", "FAIL"],
  mailUser: "alice@example.org",
  noRequeue: true,
  signal: { name: "TERM", secondsBefore: 600 },
  scriptPreamble: "module load gcc/13\nexport X='1'",
  further: ["--wckey=tests", "--spread-job"],
} satisfies { readonly [K in keyof Required<SbatchOptions>]: SbatchOptions[K] };

const check =
  (options: object): (() => void) =>
  () =>
    checkSbatchOptions("setJobOptions", options);

test("all options may be given, and each may be taken away", () => {
  expect(check(ALL)).not.toThrow();
  expect(check({})).not.toThrow();
  for (const name of Object.keys(ALL)) expect(check({ ...ALL, [name]: null })).not.toThrow();
  expect(check({ mem: undefined, time: "unlimited", exclusive: true, gpus: 4, partition: "main" })).not.toThrow();
});

test("an option that there is not is told with the nearest that there is", () => {
  expect(check({ partiton: "main" })).toThrow(
    new TypeError('setJobOptions has no option "partiton". Did you mean partition?'),
  );
});

test.each([
  ["nodes", 0, "RangeError"],
  ["nodes", { min: 4, max: 2 }, "RangeError"],
  ["nodes", { min: 4 }, "TypeError"],
  ["nodes", "2", "TypeError"],
  ["nTasksPerNode", 1.5, "RangeError"],
  ["time", 60, "TypeError"],
  ["time", {}, "RangeError"],
  ["time", { hours: 1, minutes: -1 }, "RangeError"],
  ["time", { hour: 1 }, "TypeError"],
  ["time", "1-00:00:00", "TypeError"],
  ["mem", "8G", "TypeError"],
  ["mem", { gigabytes: 1, megabytes: 1 }, "RangeError"],
  ["mem", { gigabytes: 0 }, "RangeError"],
  ["mem", { gb: 1 }, "TypeError"],
  ["gpus", { type: "a100" }, "TypeError"],
  ["gpus", { type: "a100:2", count: 1 }, "RangeError"],
  ["partition", "main,debug", "RangeError"],
  ["partition", ["main", "a\nb"], "RangeError"],
  ["account", "", "RangeError"],
  ["constraint", "a\0b", "RangeError"],
  ["constraint", "a\nb", "RangeError"],
  ["nodelist", ["/etc/passwd"], "RangeError"],
  ["nodelist", ["n[1-"], "RangeError"],
  ["nodelist", "n1", "TypeError"],
  ["gres", ["gpu:1,shard:1"], "RangeError"],
  ["mailType", ["fail"], "RangeError"],
  ["mailUser", "alice,bob", "RangeError"],
  ["exclusive", "users", "RangeError"],
  ["chdir", "jobs", "RangeError"],
  ["comment", "a\0b", "RangeError"],
  ["signal", { name: "KILL", secondsBefore: 1 }, "RangeError"],
  ["signal", { name: "USR2" }, "TypeError"],
  ["scriptPreamble", "module load gcc\r\n", "RangeError"],
  ["scriptPreamble", "#SBATCH --array=1-9", "RangeError"],
  ["further", ["-J", "x"], "RangeError"],
  ["further", ["job.sh"], "RangeError"],
  ["further", ["--"], "RangeError"],
  ["further", [":"], "RangeError"],
  ["further", ["--arr=1-9"], "RangeError"],
  ["further", ["--wrap=true"], "RangeError"],
  ["further", ["--quiet"], "RangeError"],
  ["further", "--wckey=x", "TypeError"],
] as const)("%s can't be %j: a %s that names it", (name, value, error) => {
  expect(check({ [name]: value })).toThrow(
    expect.objectContaining({ name: error, message: expect.stringContaining(`setJobOptions: ${name}`) }),
  );
});

test("two options of memory exclude each other, as sbatch has it", () => {
  expect(check({ mem: { gigabytes: 1 }, memPerCpu: { gigabytes: 1 } })).toThrow(/mem and memPerCpu exclude each other/);
  expect(check({ mem: null, memPerCpu: { gigabytes: 1 } })).not.toThrow();
});

describe("changes of options", () => {
  test("take the place of what was there, take it away, or leave it", () => {
    const base: SbatchOptions = { partition: "long", mem: { gigabytes: 4 }, further: ["--wckey=a"] };
    const changes = { mem: { gigabytes: 8 }, partition: null, account: "lab" } satisfies SbatchOptions;
    expect(mergeSbatchOptions(base, changes)).toEqual({ ...changes, further: ["--wckey=a"] });
    expect(mergeSbatchOptions(base, Object.fromEntries([["mem", undefined]]))).toEqual(base);
    expect(base).toEqual({ partition: "long", mem: { gigabytes: 4 }, further: ["--wckey=a"] });
  });

  test("made one after another are the same as made at once", () => {
    const options = fc.record(
      {
        partition: fc.constantFrom("a", null),
        nTasksPerNode: fc.constantFrom(1, 2, null),
        exclusive: fc.constantFrom(true, "user" as const, null),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, options, options, (a, b, c) => {
        expect(mergeSbatchOptions(mergeSbatchOptions(a, b), c)).toEqual(
          mergeSbatchOptions(a, mergeSbatchOptions(b, c)),
        );
      }),
    );
  });
});

describe("defaults", () => {
  const defaults = (options: SbatchOptions): SbatchOptions => withSbatchDefaults(options, "/jobs/1");

  test("are one node for a day in the job's directory, and a warning two minutes before the end", () => {
    expect(defaults({})).toEqual({
      chdir: "/jobs/1",
      nodes: 1,
      time: { hours: 24 },
      signal: { name: "USR2", secondsBefore: 120 },
    });
  });

  test("are taken away by null", () => {
    expect(defaults({ chdir: null, nodes: null, time: null, signal: null })).toEqual({
      chdir: null,
      nodes: null,
      time: null,
      signal: null,
    });
  });

  test("warn a short job later: Slurm warns it at its begin otherwise", () => {
    expect(defaults({ time: { minutes: 5 } }).signal).toEqual({ name: "USR2", secondsBefore: 30 });
    expect(defaults({ time: "unlimited" }).signal).toEqual({ name: "USR2", secondsBefore: 120 });
  });
});

describe("quantities are written as Slurm reads them", () => {
  test.each([
    [{ hours: 24 }, "1-00:00:00"],
    [{ days: 1, hours: 2, minutes: 3, seconds: 4 }, "1-02:03:04"],
    [{ minutes: 90 }, "0-01:30:00"],
    [{ hours: 1.5 }, "0-01:30:00"],
    [{ seconds: 0.1 }, "0-00:00:01"],
    [{ days: 400 }, "400-00:00:00"],
  ])("%j is %s", (time, text) => {
    expect(slurmTime(time)).toBe(text);
  });

  test("whatever its parts, a time keeps its seconds", () => {
    const part = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
        const time = { days, hours, minutes, seconds };
        const [, d = 0, h = 0, m = 0, s = 0] = (/^(\d+)-(\d\d):(\d\d):(\d\d)$/.exec(slurmTime(time)) ?? []).map(Number);
        expect(jobSeconds({ days: d, hours: h, minutes: m, seconds: s })).toBe(jobSeconds(time));
        expect([h < 24, m < 60, s < 60]).toEqual([true, true, true]);
      }),
    );
  });

  test.each([
    [{ megabytes: 100.5 }, "101M"],
    [{ gigabytes: 8 }, "8192M"],
    [{ gigabytes: 1.5 }, "1536M"],
    [{ terabytes: 1 }, "1048576M"],
  ])("%j is %s", (size, text) => {
    expect(slurmMemory(size)).toBe(text);
  });
});
