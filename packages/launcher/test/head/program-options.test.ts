import { array, assert, boolean, constantFrom, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";
import { optionsForWorkers } from "../../src/head/program-options.ts";

const words = (line: string): string[] => line.split(" ").filter((word) => word !== "");

test.each([
  ["--import tsx --require=/a.cjs -r b --loader ts-node/esm --import=file:///hook.mjs", "how modules are loaded"],
  [
    "--experimental-transform-types --conditions=dev -C test --preserve-symlinks --no-experimental-strip-types",
    "what a module is",
  ],
  ["--max-old-space-size=300 --max_semi_space_size=4 --stack-size=2000 --expose-gc", "the engine"],
  [
    "--permission --allow-fs-read=* --unhandled-rejections=warn --no-warnings --enable-source-maps",
    "what code may do, and says",
  ],
])("workers get %s: %s", (line) => {
  expect(optionsForWorkers(words(line), { share: false, startDirectory: "/work" })).toEqual(words(line));
});

test.each([
  "--inspect",
  "--inspect-brk=0.0.0.0:9229",
  "--inspect_port 0",
  "--inspect-wait",
  "-e 1",
  "--eval=1",
  "-pe 1",
  "-p 1",
  "-i",
  "-c",
  "--input-type=module",
  "--watch --watch-path=src",
  "--test --test-name-pattern x --experimental-test-coverage",
  "--cpu-prof --cpu-prof-dir out",
  "--heap_prof",
  "--prof",
  "--title=mine",
  "--title mine",
  "--env-file=.env",
  "--env-file-if-exists .env",
  "--snapshot-blob a.blob",
  "--trace-event-categories v8",
  "--heapsnapshot-signal=SIGUSR2",
  "--report-on-signal",
  "--entry-url",
])("workers do not get %s, and what stands around it stays whole", (line) => {
  expect(
    optionsForWorkers(["--import", "/a.mjs", ...words(line), "--conditions", "b"], {
      share: false,
      startDirectory: "/work",
    }),
  ).toEqual(["--import", "/a.mjs", "--conditions", "b"]);
});

test("a share of memory comes in the place of the program's bounds of its heap", () => {
  const line = words(
    "--max-old-space-size=300 --max_old_space_size=200 --max-old-space-size-percentage=50 --max-heap-size=1 --max-semi-space-size=4",
  );
  expect(optionsForWorkers(line, { share: true, startDirectory: "/work" })).toEqual(["--max-semi-space-size=4"]);
  expect(optionsForWorkers(line, { share: false, startDirectory: "/work" })).toEqual(line);
});

test("what an option names stays the same file, wherever the program has gone", () => {
  const line = words(
    "--import ./a.mjs --import=../b.mjs -r ./c.cjs --require=../d.cjs --loader ./e.mjs --icu-data-dir=icu --openssl-config ssl.cnf --conditions ./x",
  );
  expect(optionsForWorkers(line, { share: false, startDirectory: "/work/run 1" })).toEqual([
    "--import",
    "file:///work/run%201/a.mjs",
    "--import=file:///work/b.mjs",
    "-r",
    "/work/run 1/c.cjs",
    "--require=/work/d.cjs",
    "--loader",
    "file:///work/run%201/e.mjs",
    "--icu-data-dir=/work/run 1/icu",
    "--openssl-config",
    "/work/run 1/ssl.cnf",
    "--conditions",
    "./x",
  ]);
});

test("a value is no option, whatever it says", () => {
  expect(
    optionsForWorkers(["--import", "inspect", "-C", "test", "--import=--eval"], {
      share: false,
      startDirectory: "/work",
    }),
  ).toEqual(["--import", "inspect", "-C", "test", "--import=--eval"]);
});

test("what workers get of any options is a part of them, in order, and stays when it is looked at again", () => {
  const argument = oneof(
    constantFrom("--inspect", "-e", "--import", "-r", "--test", "--title=a", "--expose-gc"),
    string(),
  );
  assert(
    property(array(argument), boolean(), (execArgv, share) => {
      const once = optionsForWorkers(execArgv, { share, startDirectory: "/work" });
      let from = 0;
      for (const each of once) from = execArgv.indexOf(each, from) + 1 || Number.NaN;
      expect(from).not.toBeNaN();
      expect(optionsForWorkers(once, { share, startDirectory: "/work" })).toEqual(once);
    }),
  );
});
