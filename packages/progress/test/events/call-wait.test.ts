import { expect, test } from "vitest";
import { describeCallWait } from "../../src/events/call-wait.ts";

test("each reason has its words", () => {
  expect(describeCallWait({ kind: "worker-starting", node: "n3" })).toBe("its worker on n3 starts");
  expect(describeCallWait({ kind: "no-cpus-free", cpus: 2, mostIdle: 1 })).toBe(
    "no node has 2 CPUs idle (the most is 1)",
  );
  expect(describeCallWait({ kind: "nodes-connecting" })).toMatch(/still being connected to/);
  expect(describeCallWait({ kind: "module-loading", node: "n3", module: "file:///work/my%20roots.ts?v=2" })).toBe(
    "its worker on n3 loads my roots.ts",
  );
  expect(describeCallWait({ kind: "module-loading", node: "n3", module: "virtual:roots" })).toBe(
    "its worker on n3 loads virtual:roots",
  );
  expect(describeCallWait({ kind: "ending" })).toMatch(/no call begins any more/);
});
