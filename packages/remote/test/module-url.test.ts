import { expect, test } from "vitest";
import { moduleUrl } from "../src/module-url.ts";

test.each(["file:///work/prog.ts", "data:text/javascript,1", "https://example.org/f.js", "virtual:f"])(
  "%s is a module as it is: hooks may serve it",
  (url) => {
    expect(moduleUrl({ url }, "f")).toBe(url);
  },
);

test("a path is the URL of its file", () => {
  expect(moduleUrl({ url: "/work/50% #1?.cjs" }, "f")).toBe("file:///work/50%25%20%231%3F.cjs");
});

test.each([
  ["an import.meta without url", {}],
  ["an import.meta without url", { url: undefined }],
  ["no import.meta", undefined],
  ["the module of CommonJS", { url: undefined, exports: {}, filename: "/work/prog.cjs" }],
  [`the module "prog.js"`, { url: "prog.js" }],
  [`the module ""`, { url: "" }],
])("%s names no module, which is said with what to do", (what, meta) => {
  const url = (): string => moduleUrl(meta, "roots/bracket");
  expect(url).toThrow(expect.objectContaining({ name: "NoModuleError", code: "no-module" }));
  expect(url).toThrow(`"roots/bracket" was defined with ${what}`);
  expect(url).toThrow(
    'give it { url: __filename } there, as in defineRemote({ url: __filename }, { name: "roots/bracket", ... })',
  );
  expect(url).toThrow("--format=esm");
});
