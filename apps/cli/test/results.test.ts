/** What is stored, in all formats, with where it comes from; and deleting it. */
import { PassThrough } from "node:stream";
import { openResults } from "@hyperion-ts/results";
import { expect, test } from "vitest";
import { runCommandLine } from "../src/index.ts";
import { hyperion, json, TestFolder } from "./world.ts";

/** Rows of two programs, one of which has said with which code it computed them. */
async function stored(folder: TestFolder): Promise<string> {
  const path = `${folder.path}/results.sqlite`;
  const rows: readonly (readonly [program: string, map: string, key: string, value: string])[] = [
    ["aaaaa", "roots", '{"n":2,"name":"two, \\"three\\""}', "[1.5,0.1]"],
    ["aaaaa", "roots", '{"n":3}', "[7,8]"],
    ["bbbbb", "roots", '{"n":3}', "[1,2]"],
    ["bbbbb", "names", "5", '"five\\nlines"'],
  ];
  for (const programId of ["aaaaa", "bbbbb"]) {
    await using results = await openResults({ path, programId, codeOfToday: () => "0123456789abcdef" });
    results.noteCode("roots", "roots/find");
    for (const [program, map, key, value] of rows) if (program === programId) await results.insert(map, key, value);
  }
  return path;
}

test("rows are CSV for other programs, and JSON and a table say where each comes from", async () => {
  using folder = new TestFolder();
  await stored(folder);
  const place = ["--dir", folder.path];
  expect((await hyperion("results", "roots", "--format", "csv", ...place)).out).toBe(
    'n,name,value\r\n2,"two, ""three""","[1.5,0.1]"\r\n3,,"[1,2]"\r\n',
  );
  expect((await hyperion("results", "names", "--format", "csv", ...place)).out).toBe(
    'key,value\r\n5,"five\nlines"\r\n',
  );
  expect(await json("results", "roots", "--origin", "--where", "n=3", ...place)).toEqual([
    {
      key: { n: 3 },
      value: [1, 2],
      origin: {
        id: "bbbbb",
        startedAt: expect.stringMatching(/^20\d\d-.*Z$/),
        about: {},
        codes: { "roots/find": "0123456789abcdef" },
      },
    },
  ]);
  const { out } = await hyperion("results", "roots", "--origin", ...place);
  expect(out).toMatch(/^KEY +PROGRAM +STARTED \(UTC\) +CODE +VALUE\n/);
  expect(out).toMatch(/\{"n":3\} +bbbbb +20\d\d-\d\d-\d\d \d\d:\d\d +0123456 +\[1,2\]\n/);
});

test("rows are deleted when a person says so, and only then; not while a program has the database", async () => {
  using folder = new TestFolder();
  const path = await stored(folder);
  const place = ["--dir", folder.path];
  const left = async (): Promise<number> => (await json<readonly unknown[]>("results", "roots", ...place)).length;
  const answering = async (answer: string): Promise<number> => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.end(answer);
    const silent = { write: () => true };
    const args = ["results", "roots", "--where", "n=3", "--delete", ...place];
    return await runCommandLine(args, { stdin, stdout: silent, stderr: silent, env: {} });
  };
  expect(await hyperion("results", "roots", "--delete", ...place)).toMatchObject({
    code: 1,
    err: `Delete 2 results of roots in ${path}? Nobody can be asked here: --yes does it.\nNothing was deleted.\n`,
  });
  expect(await answering("\n")).toBe(1);
  expect(await answering("no\n")).toBe(1);
  expect(await left()).toBe(2);
  {
    await using _program = await openResults({ path, programId: "ccccc" });
    expect(await hyperion("results", "names", "--delete", "--yes", ...place)).toMatchObject({ code: 1 });
  }
  expect(await answering("y\n")).toBe(0);
  expect(await left()).toBe(1);
  expect(await hyperion("results", "roots", "--delete", "--yes", ...place)).toMatchObject({
    code: 0,
    err: expect.stringContaining("1 result of roots"),
  });
  expect(await hyperion("results", "--delete", ...place)).toMatchObject({ code: 2 });
  expect(await json("results", ...place)).toMatchObject([{ name: "names", results: 1 }]);
});
