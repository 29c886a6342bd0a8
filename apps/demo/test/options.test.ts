import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OptionsError, parseOptions, USAGE } from "../src/options.ts";

test("without options there are the defaults that the usage text names", () => {
  const defaults = { points: 20, range: 20, eps: 1e-9, cpusPerTask: 1, cpus: undefined, workMs: 50, dir: "out/demo" };
  expect(parseOptions([])).toEqual({ slurm: false, ...defaults });
  for (const [key, value] of Object.entries(defaults)) {
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} `;
    const paragraph = USAGE.slice(USAGE.indexOf(flag)).split(/\n {2}--/)[0];
    expect(paragraph).toContain(flag);
    expect(paragraph).toContain(value === undefined ? "(default: all that there are)" : `(default ${value})`);
  }
});

test("every option is taken in", () => {
  expect(
    parseOptions([
      "--points",
      "50",
      "--range=2.5",
      "--eps",
      "1e-3",
      "--cpus-per-task",
      "2",
      "--cpus",
      "4",
      "--work-ms",
      "0",
      "--dir",
      "x",
    ]),
  ).toEqual({
    slurm: false,
    points: 50,
    range: 2.5,
    eps: 1e-3,
    cpusPerTask: 2,
    cpus: 4,
    workMs: 0,
    dir: "x",
  });
});

test("with --slurm, Slurm gives the CPUs", () => {
  expect(parseOptions(["--slurm", "--cpus-per-task", "2"])).toMatchObject({ slurm: true, cpusPerTask: 2 });
  expect(() => parseOptions(["--slurm", "--cpus", "2"])).toThrow(/--cpus must be left out with --slurm/);
});

test("help may be asked for beside anything else", () => {
  expect(parseOptions(["--help"])).toBe("help");
  expect(parseOptions(["--points", "abc", "-h"])).toBe("help");
});

test.for([
  [["--points", "0"], '--points must be a whole number from 1 to 100000, but is "0"'],
  [["--points", "1.5"], '--points must be a whole number from 1 to 100000, but is "1.5"'],
  [["--eps", "0"], '--eps must be a number above 0, but is "0"'],
  [["--range", "wide"], '--range must be a number above 0, but is "wide"'],
  [["--range", "Infinity"], '--range must be a number above 0, but is "Infinity"'],
  [["--work-ms", ""], '--work-ms must be a number of milliseconds, but is ""'],
  [["--work-ms=-1"], '--work-ms must not be negative, but is "-1"'],
  [["--cpus-per-task", "two"], '--cpus-per-task must be a whole number from 1 to 65536, but is "two"'],
  [["--dir", ""], '--dir must name a folder, but is ""'],
  [["--pionts", "5"], "Unknown option '--pionts'"],
  [["5"], "Unexpected argument '5'"],
] as const)("%j is refused in words that say what would do", ([args, message]) => {
  expect(() => parseOptions(args)).toThrow(OptionsError);
  expect(() => parseOptions(args)).toThrow(message);
});

test("whatever is typed is an option, help, or an error for people", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("--points", "--eps", "--dir", "--cpus", "7"))),
      (args) => {
        try {
          parseOptions(args);
        } catch (error) {
          expect(error).toBeInstanceOf(OptionsError);
        }
      },
    ),
  );
});
