import { expect, it } from "vitest";
import { newServiceId } from "../src/service-id.ts";

it("a service id is five letters and digits, fit for a file name and hardly ever the same twice", () => {
  const ids = Array.from({ length: 1_000 }, newServiceId);
  for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{5}$/);
  expect(new Set(ids).size).toBeGreaterThan(990);
});
