/** Remote functions that start programs, in order and otherwise. */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

export const exec = defineRemote(import.meta, {
  name: "test/exec",
  input: z.object({
    file: z.string(),
    args: z.array(z.string()).default([]),
    cwd: z.string().exactOptional(),
    env: z.record(z.string(), z.string()).exactOptional(),
    input: z.string().exactOptional(),
  }),
  output: z.object({ stdout: z.string(), stderr: z.string() }),
  run: ({ file, args, ...options }, ctx) => ctx.exec(file, args, options),
});

/** Starts a program and leaves it alone: returns as soon as `file` is there, which the program makes. */
export const execUnawaited = defineRemote(import.meta, {
  name: "test/exec-unawaited",
  input: z.object({ args: z.array(z.string()), file: z.string() }),
  output: z.null(),
  run: async ({ args: [program = "", ...args], file }, ctx) => {
    void ctx.exec(program, args);
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
    return null;
  },
});

/** Starts a child past `ctx.exec` and leaves it behind. */
export const leaveChild = defineRemote(import.meta, {
  name: "test/leave-child",
  input: z.object({ file: z.string().exactOptional(), detached: z.boolean().default(false) }),
  output: z.int(),
  run: ({ file, detached }) => {
    const child = spawn("/bin/sleep", ["1000"], { stdio: "ignore", detached });
    if (file !== undefined) appendFileSync(file, `${child.pid}\n`);
    return child.pid ?? -1;
  },
});

/** Leaves a program behind that has no living parent, and a session of its own. */
export const leaveOrphan = defineRemote(import.meta, {
  name: "test/leave-orphan",
  input: z.null(),
  output: z.int(),
  run: () => Number(execFileSync("sh", ["-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!"], { encoding: "utf8" })),
});
