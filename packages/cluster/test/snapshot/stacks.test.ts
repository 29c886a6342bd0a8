/** Errors in a snapshot tell the places in the sources. */
import { expect, test } from "vitest";
import { moduleOf, Project } from "./project.ts";

const files = {
  "src/program.ts": moduleOf("throws/f", "return deep(x)", 'import { deep } from "./deep.ts";'),
  "src/deep.ts": `// ü, 😀

interface Unused { readonly a: 1 }

export function deep(x: number): never {
  const place: string = import.meta.dirname; throw new RangeError(place + "|" + x);
}
`,
};

test.each([[[]], [["--enable-source-maps"]]])(
  "an error of a worker names line and column of the source, with Node's options %j",
  async (options) => {
    using project = new Project(files);
    const { error } = await project.call(await project.snapshot("src/program.ts"), "throws/f", 1, { options });
    const column = "  const place: string = import.meta.dirname; throw ".length + 1;
    expect(error?.message).toContain(`RangeError: ${project.path("src")}|1`);
    expect(error?.message).toContain(`at deep (${project.path("src/deep.ts")}:6:${column})`);
    expect(error?.message).not.toContain(".mjs");
  },
);

test("what a module throws when the head imports it is told with the line of the source", async () => {
  using project = new Project({ "program.ts": '\n\nthrow new Error("not today" as string);\n' });
  const { error } = await project.call(await project.snapshot("program.ts"), "none");
  expect(error).toMatchObject({
    code: "snapshot-not-loaded",
    message: expect.stringMatching(/fails when it is imported: not today$/),
    cause: expect.stringMatching(/^Error: not today\n +at .*program\.ts:3:7/),
  });
});
