import { describe, expect, test } from "vitest";
import { startFailureHint } from "../../src/transport/start-failure-hint.ts";

describe.each([
  [
    /too old/,
    [
      'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /srv/agent-main.ts\n\nNode.js v20.20.2',
      "import { enableCompileCache } from \"node:module\";\n         ^^^^^^^^^^^^^^^^^^\nSyntaxError: The requested module 'node:module' does not provide an export named 'enableCompileCache'\n\nNode.js v20.20.2",
    ],
  ],
  [/files of hyperion-ts are not there/, ["Error: Cannot find module '/srv/checkout/packages/launcher/src/agent/agent-main.ts'\n  code: 'MODULE_NOT_FOUND'\n\nNode.js v24.21.0"]],
  [
    /Node\.js is not there/,
    [
      "/opt/nowhere/node: Command not found.",
      "fish: Unknown command: /opt/nowhere/node\nfish: \nexec /opt/nowhere/node\n     ^~~~~~~~~~~~~~~~^",
      "bash: line 1: /opt/nowhere/node: No such file or directory",
      "sh: 1: exec: /opt/nowhere/node: not found",
      "slurmstepd-n1: error: execve(): /opt/nowhere/node: No such file or directory",
    ],
  ],
  [
    /may not run Node\.js/,
    [
      "/opt/runtime: Permission denied.",
      "fish: Unknown command. '/opt/runtime' exists but is not an executable file.\nexec /opt/runtime\n     ^~~~~~~~~~~~^",
      "bash: line 1: /opt/runtime: Permission denied\nbash: line 1: exec: /opt/runtime: cannot execute: Permission denied",
      "sh: 1: exec: /opt/runtime: Permission denied",
      "slurmstepd-n1: error: execve(): /opt/runtime: Permission denied",
    ],
  ],
])("it says %s", (hint, messages) => {
  test.each(messages)("of %j", (printed) => {
    expect(startFailureHint(printed)).toMatch(hint);
  });
});

test.each(["", "Welcome to the cluster.", "This account is currently not available.", "Segmentation fault"])("it says nothing of %j", (printed) => {
  expect(startFailureHint(printed)).toBe("");
});
