/** Bundles that say which code their functions are. */
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, constantFrom, dictionary, property, string } from "fast-check";
import { expect, test } from "vitest";
import { carriedHashes } from "../src/carried-hashes.ts";
import { CodeReader, hashesLine } from "../src/index.ts";

const names = dictionary(
  string({ unit: "binary" }).filter((name) => name !== "__proto__"),
  string(),
);

test("what a bundle carries is read back, whatever functions are called, and the line is a comment", () => {
  assert(
    property(names, constantFrom("", "//# sourceMappingURL=a.map\n", "//# sourceMappingURL=a.map"), (hashes, end) => {
      const bundle = `export const a = 1;${hashesLine(hashes)}${end}`;
      expect(Object.fromEntries(carriedHashes(Buffer.from(bundle)) ?? [])).toEqual({ ...hashes });
      expect(hashesLine(hashes)).toMatch(/^\n\/\/[^\n\u2028\u2029]*\n$/);
    }),
  );
});

test("a file that only mentions such a line carries nothing", () => {
  expect(carriedHashes(Buffer.from("export {};\n"))).toBeUndefined();
  expect(carriedHashes(Buffer.from(`const text = \`${hashesLine({ f: "a" })}\`;\nexport { text };\n`))).toBeUndefined();
  expect(carriedHashes(Buffer.from("\n//# hyperion-functions={broken}\n"))).toBeUndefined();
});

test("a bundle's functions have the hashes that it carries, and it is one file, whatever it mentions", () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "code-hash-"));
  const file = join(folder.path, "bundle.mjs");
  const url = pathToFileURL(file).href;
  writeFileSync(join(folder.path, "other.mjs"), "");
  writeFileSync(file, `import "./other.mjs"; const f = "f"; const g = "g";${hashesLine({ f: "abc" })}`);
  const reader = new CodeReader();
  expect(reader.isBundle(url)).toBe(true);
  expect(reader.functionCode(url, "f")).toMatchObject({ hash: "abc", files: [{ path: file }], notFound: [] });
  expect(reader.functionCode(url, "g").hash).toMatch(/^[0-9a-f]{64}$/);
  expect(reader.moduleFiles(url)).toEqual([{ path: file, sha256: expect.any(String) }]);
  expect(reader.readSource(file).format).toBe("module");
});
