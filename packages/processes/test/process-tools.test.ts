import { expect, test } from "vitest";
import { findProcessTools } from "../src/process-tools.ts";

test("where the search path is empty, neither taskset nor setpriv is found", () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "/nonexistent";
  try {
    expect(findProcessTools()).toEqual({ taskset: false, setpriv: false });
  } finally {
    process.env["PATH"] = path;
  }
});
