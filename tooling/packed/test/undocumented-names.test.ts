import { expect, test } from "vitest";
import { ownNames, undocumentedNames } from "../src/undocumented-names.ts";

const FILES = new Map([
  [
    "dist/index.d.ts",
    `export { explained, type Bare } from "./parts/part.ts";\nexport type { Missing } from "./gone.js";\nexport { theirs } from "another";\n`,
  ],
  [
    "dist/parts/part.d.ts",
    `/** About the file. */\nimport "node:fs";\n/** About it. */\nexport declare function explained(): void;\nexport interface Bare {\n}\n`,
  ],
]);

test("names without a doc comment are found, also where their declaration is not", () => {
  expect(undocumentedNames(FILES, "dist/index.d.ts")).toEqual(["Bare", "Missing"]);
});

test("a package answers for the names that it declares, not for those of another package", () => {
  expect(ownNames(FILES, "dist/index.d.ts")).toEqual(["explained", "Bare", "Missing"]);
});
