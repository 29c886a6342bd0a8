import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sbatchCommand, showSubmission, type SubmissionRequest } from "../../src/sbatch/sbatch-command.ts";
import type { SbatchOptions } from "../../src/sbatch/sbatch-options.ts";

const request = (
  options: SbatchOptions = {},
  program = ["/opt/node", "/jobs/head.mjs", "it's"],
): SubmissionRequest => ({
  name: "hyperion-q7RkW-3Fa",
  directory: "/jobs/3Fa",
  output: "/jobs/3Fa/output",
  options,
  program,
});

test("without options a job has the defaults", () => {
  expect(sbatchCommand(request())).toMatchInlineSnapshot(`
    {
      "argv": [
        "sbatch",
        "--parsable",
        "--job-name=hyperion-q7RkW-3Fa",
        "--output=/jobs/3Fa/output",
        "--open-mode=append",
        "--export=ALL",
        "--chdir=/jobs/3Fa",
        "--nodes=1",
        "--time=1-00:00:00",
        "--signal=B:USR2@120",
      ],
      "script": "#!/bin/sh
    unset SLURM_JWT
    exec /opt/node /jobs/head.mjs 'it'\\''s'
    ",
    }
  `);
});

test("each option is one argument", () => {
  const options: SbatchOptions = {
    chdir: "/scratch/ü $HOME",
    nodes: { min: 2, max: 4 },
    nTasksPerNode: 8,
    cpusPerTask: 2,
    time: "unlimited",
    mem: "all",
    gpus: { type: "a100", count: 2 },
    gpusPerNode: 1,
    gres: ["gpu:a100:2", "shard:4"],
    partition: ["short", "long"],
    constraint: "haswell&ib|knl*2",
    account: "lab",
    qos: "-normal",
    reservation: "course",
    nodelist: ["n[1-3]", "n7"],
    exclude: ["n4"],
    exclusive: true,
    dependency: "afterany:4711:4712",
    licenses: ["matlab:2", "octave"],
    comment: "--wrap=rm\n'",
    mailType: ["END", "TIME_LIMIT_90"],
    mailUser: "alice@example.org",
    noRequeue: false,
    signal: { name: "TERM", secondsBefore: 600 },
    scriptPreamble: "module load gcc/13\nset -e",
    further: ["--wckey=tests", "--spread-job"],
  };
  expect(sbatchCommand(request(options))).toMatchInlineSnapshot(`
    {
      "argv": [
        "sbatch",
        "--parsable",
        "--job-name=hyperion-q7RkW-3Fa",
        "--output=/jobs/3Fa/output",
        "--open-mode=append",
        "--export=ALL",
        "--chdir=/scratch/ü $HOME",
        "--nodes=2-4",
        "--ntasks-per-node=8",
        "--cpus-per-task=2",
        "--time=UNLIMITED",
        "--mem=0",
        "--gpus=a100:2",
        "--gpus-per-node=1",
        "--gres=gpu:a100:2,shard:4",
        "--partition=short,long",
        "--constraint=haswell&ib|knl*2",
        "--account=lab",
        "--qos=-normal",
        "--reservation=course",
        "--nodelist=n[1-3],n7",
        "--exclude=n4",
        "--exclusive",
        "--dependency=afterany:4711:4712",
        "--licenses=matlab:2,octave",
        "--comment=--wrap=rm
    '",
        "--mail-type=END,TIME_LIMIT_90",
        "--mail-user=alice@example.org",
        "--requeue",
        "--signal=B:TERM@600",
        "--wckey=tests",
        "--spread-job",
      ],
      "script": "#!/bin/sh
    unset SLURM_JWT
    module load gcc/13
    set -e
    exec /opt/node /jobs/head.mjs 'it'\\''s'
    ",
    }
  `);
});

test("null takes an option away, a default too", () => {
  const none: SbatchOptions = {
    chdir: null,
    nodes: null,
    time: null,
    mem: null,
    signal: null,
    further: null,
    gres: [],
  };
  expect(sbatchCommand(request({ ...none, exclusive: false })).argv).toEqual([
    "sbatch",
    "--parsable",
    "--job-name=hyperion-q7RkW-3Fa",
    "--output=/jobs/3Fa/output",
    "--open-mode=append",
    "--export=ALL",
  ]);
});

test("what is shown can be pasted into a shell, whatever is in it", () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from("'\"\\!$`*;|&<>#%~= \t\nüE")), minLength: 1 });
  const hostile = fc.array(text, { minLength: 1, maxLength: 4 });
  const isSame = fc.property(text, hostile, (comment, program) => {
    const whole = request({ comment, scriptPreamble: "END_OF_SCRIPT\necho $HOME" }, ["/opt/node", ...program]);
    const { argv, script } = sbatchCommand(whole);
    // sbatch is a function that prints its arguments and the script.
    const shown = `sbatch() { printf '%s\\0' sbatch "$@"; cat; }\n${showSubmission(whole)}`;
    const { stdout } = spawnSync("sh", ["-s"], { input: shown, encoding: "utf8" });
    expect(stdout).toBe(`${argv.join("\0")}\0${script}`);
  });
  fc.assert(isSame, { numRuns: 30 });
});

test("what is shown is the command and the script", () => {
  expect(showSubmission(request({ comment: "a\nb", scriptPreamble: "module load gcc/13\n" }))).toMatchInlineSnapshot(`
    "sbatch --parsable '--job-name=hyperion-q7RkW-3Fa' '--output=/jobs/3Fa/output' '--open-mode=append' '--export=ALL' '--chdir=/jobs/3Fa' '--nodes=1' '--time=1-00:00:00' '--comment=a''
    'b '--signal=B:USR2@120' <<'END_OF_SCRIPT'
    #!/bin/sh
    unset SLURM_JWT
    module load gcc/13
    exec /opt/node /jobs/head.mjs 'it'\\''s'
    END_OF_SCRIPT
    "
  `);
});

test("in the path of the output, what is a pattern to Slurm is itself", () => {
  const { argv } = sbatchCommand({ ...request(), output: "/jobs/100%j/output" });
  expect(argv).toContain("--output=/jobs/100%%j/output");
});

test.each([
  ["name", { name: "a,b" }],
  ["name", { name: "-x" }],
  ["name", { name: "ü" }],
  ["directory", { directory: "jobs" }],
  ["output", { output: String.raw`/jobs/a\b/output` }],
  ["program", { program: [] }],
  ["program", { program: ["/opt/node", "a\rb"] }],
  ["options: partition", { options: { partition: "a,b" } }],
] as const)("a request whose %s can't be right is refused: %j", (name, wrong) => {
  expect(() => sbatchCommand({ ...request(), ...wrong })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`sbatchCommand: ${name}`) }),
  );
});
