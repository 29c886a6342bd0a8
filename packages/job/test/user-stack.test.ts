import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { userFrames, userPlace, withLongStack, withoutOthersFrames } from "../src/user-stack.ts";

const job = new URL("../src/run-job.ts", import.meta.url).href;
const USERS = [
  "    at roots (file:///home/ada/roots.ts:20:17)",
  "    at async file:///home/ada/roots.ts:30:5",
  "    at Object.<anonymous> (/home/ada/roots.cjs:3:9)",
  "    at parse (file:///home/ada/node_modules/zod/index.js:1:2)",
  "    at test (/home/ada/src/job/dist/mine.js:1:1)",
  "    at mine (file:///home/ada/hyperion-5dae158a/head.mjs:1:1)",
  "    at build (file:///home/ada/with (round) brackets/a.ts:1:1)",
];
const OTHERS = [
  `    at async runJob (${job}:10:5)`,
  "    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)",
  "    at async Promise.all (index 1)",
  "    at new Promise (<anonymous>)",
  "    at run (file:///home/ada/node_modules/@hyperion-ts/job/dist/run/run-session.js:1:1)",
  "    at run (file:///home/ada/node_modules/.pnpm/@hyperion-ts+wire@0.1.0/node_modules/@hyperion-ts/wire/src/channel.ts:1:1)",
  "    at run (/home/ada/node_modules/@hyperion-ts/results/dist/index.js:1:1)",
  "    at async file:///home/ada/node_modules/.pnpm/p-queue@10.0.0/node_modules/p-queue/dist/index.js:1:1",
  "    at run (file:///home/ada/out/data/snapshots/hyperion-5dae158a7ccb3efd5bc8/head.mjs:15499:1)",
];

test("of a stack the reader's own frames are shown, and what is no frame stays", () => {
  const text = ["TypeError: no", ...USERS, ...OTHERS, "  [cause]: Error: at least", ...OTHERS].join("\n");
  expect(withoutOthersFrames(text).split("\n")).toEqual(["TypeError: no", ...USERS, "  [cause]: Error: at least"]);
});

test.each(readdirSync(new URL("../../", import.meta.url)))("a frame of %s is none of its reader's", (name) => {
  const file = new URL(`../../${name}/src/index.ts`, import.meta.url).href;
  expect(withoutOthersFrames(`TypeError: no\n    at run (${file}:1:1)`)).toBe("TypeError: no");
});

test("an error comes from the reader's own file rather than from a package that it uses, and from none where there is none", () => {
  const place = (frames: readonly string[]): string | undefined =>
    userPlace({ message: "no", stack: `Error: no\n${frames.join("\n")}` });
  expect(place([...OTHERS, ...USERS.toReversed()])).toBe("at build (file:///home/ada/with (round) brackets/a.ts:1:1)");
  expect(place(USERS.slice(3))).toBe("at test (/home/ada/src/job/dist/mine.js:1:1)");
  expect(place(USERS.slice(3, 4))).toBe("at parse (file:///home/ada/node_modules/zod/index.js:1:2)");
  expect(place(OTHERS)).toBeUndefined();
});

test("lines of a message that look like frames are none", () => {
  const error = new Error("it said\n    at noon (file:///home/ada/noon.ts:1:1)");
  error.stack = `Error: ${error.message}\n${[...OTHERS, ...USERS].join("\n")}`;
  expect(userFrames(error)).toEqual(USERS);
});

test("an error from deep inside knows its way out, and the limit is as before", () => {
  const { stackTraceLimit } = Error;
  const deep = (levels: number): Error => (levels === 0 ? withLongStack(() => new Error("deep")) : deep(levels - 1));
  expect(deep(60).stack?.split("\n").length).toBeGreaterThan(60);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});
