import { expect, test } from "vitest";
import { whyNotLoaded } from "../../src/worker/why-not-loaded.ts";

test.each([
  ["roots.test.ts", "describe is not defined", "describe is not defined"],
  ["roots.spec.mjs", "describe is not defined", "describe is not defined"],
  ["roots.test.tsx?v=2", "describe is not defined", "describe is not defined"],
  [
    "tests/roots.ts",
    "Vitest failed to find the current suite. One of the following is possible:\n- ...",
    "Vitest failed to find the current suite. One of the following is possible:",
  ],
])("%s holds tests", (file, message, shown) => {
  expect(whyNotLoaded(`file:///work/${file}`, new ReferenceError(message))).toBe(
    `it holds tests, and only what runs these can load it (${shown}). Define remote functions in a file of their own, or run the job with { inProcess: true }`,
  );
});

test.each(["roots.ts", "test/roots.js", "latest.ts"])("%s is taken for no such file", (file) => {
  expect(whyNotLoaded(`file:///work/${file}`, new ReferenceError("describe is not defined"))).toBe(
    "describe is not defined",
  );
});
