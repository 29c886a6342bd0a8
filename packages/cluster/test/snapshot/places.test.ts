/** What modules say of themselves and their places, in a snapshot. */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { moduleOf, Project } from "./project.ts";

test("files beside a source are found in the snapshot, however their place is told, and the maker is told of each", async () => {
  using project = new Project({
    "src/program.ts": moduleOf(
      "places/f",
      `return [
        readFileSync(new URL("./data.txt", import.meta.url), "utf8"),
        readFileSync(join(import.meta.dirname, "data.txt"), "utf8"),
        readFileSync(fileURLToPath(import.meta.resolve("./data.txt")), "utf8"),
        readFileSync(join(here, "data.txt"), "utf8"),
        readFileSync(join((import.meta as any).dirname, "data.txt"), "utf8"),
        basename(import.meta.filename),
        createRequire(import.meta.url)("./more.json").more,
        import.meta.main,
      ];`,
      `import { readFileSync } from "node:fs";
       import { createRequire } from "node:module";
       import { basename, join } from "node:path";
       import { fileURLToPath } from "node:url";
       const { dirname: here } = import.meta;
       // Umlauts such as ü and 😀 shift bytes.`,
    ),
    "src/data.txt": "data",
    "src/more.json": '{ "more": 1 }',
  });
  const snapshot = await project.snapshot("src/program.ts");
  expect(await project.call(snapshot, "places/f")).toMatchObject({
    value: ["data", "data", "data", "data", "data", "program.ts", 1, false],
  });
  expect(snapshot.notices).toHaveLength(7);
  expect(snapshot.notices).toContainEqual(
    "src/program.ts:13 looks for a file beside the source: such files are no part of the snapshot, and jobs find them as they are when they run",
  );
});

test.each(["program.ts", "out/program.ts", "out/snapshots/program.ts"])(
  "the folder of %s is told as Node tells it",
  async (name) => {
    using project = new Project({
      [name]: moduleOf("folder/f", "return [import.meta.dirname, import.meta.filename, import.meta.url]"),
    });
    const file = project.path(name);
    expect((await project.call(await project.snapshot(name), "folder/f")).value).toEqual([
      dirname(file),
      file,
      pathToFileURL(file).href,
    ]);
  },
);

test("no part of a program that is the main one's runs in a head or worker, and what it imports is there all the same", async () => {
  using project = new Project({
    "program.ts": `${moduleOf("main/f", 'return [other, globalThis["started"] ?? "nothing"]', 'import { other } from "./other.ts";\nimport { pathToFileURL } from "node:url";')}
      if (import.meta.main) { Object.assign(globalThis, { started: "program" }); }
      if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) { Object.assign(globalThis, { started: "program" }); }
    `,
    "other.ts": `export const other = "other"; if (import.meta.main) { Object.assign(globalThis, { started: "other" }); }`,
  });
  const snapshot = await project.snapshot("program.ts");
  expect(await project.call(snapshot, "main/f")).toMatchObject({ value: ["other", "nothing"] });
});

test("a program that starts when it is imported is refused in the head, and said to be so", async () => {
  using project = new Project({
    "program.ts": `${moduleOf("unguarded/f", "return x")}
      import { programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
      await runJobLocal(programInfo("elsewhere"), remoteEval(f, 1));
    `,
  });
  const snapshot = await project.snapshot("program.ts");
  const { error } = await project.call(snapshot, "unguarded/f");
  expect(error?.code).toBe("snapshot-not-loaded");
  expect(error?.message).toMatch(
    /program-\w+\.mjs\) starts a program when it is imported: runJobLocal was called.*import\.meta\.main/s,
  );
});

test("a function that names its source as its module is refused, as its workers would import what is edited", async () => {
  using project = new Project({
    "program.ts": moduleOf("strayed/f", "return x", "const place = { url: import.meta.url };").replace(
      "(import.meta,",
      "(place,",
    ),
  });
  const { error } = await project.call(await project.snapshot("program.ts"), "strayed/f");
  expect(error?.message).toMatch(
    /"strayed\/f" names file:.*program\.ts as its module, and not the job's program .*own import\.meta/,
  );
});

test("defineRemote({ url: import.meta.url }) is the snapshot, too", async () => {
  using project = new Project({
    "program.ts": moduleOf("url/f", "return x").replace("(import.meta,", "({ url: import.meta.url },"),
  });
  const snapshot = await project.snapshot("program.ts");
  expect(await project.call(snapshot, "url/f", 1)).toMatchObject({ value: 1, code: snapshot.functionHashes["url/f"] });
});
