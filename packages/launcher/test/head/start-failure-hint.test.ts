import { describe, expect, test } from "vitest";
import { startFailureHint } from "../../src/head/start-failure-hint.ts";

describe.each([
  [
    /too old/,
    [
      'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /srv/agent-main.ts\n\nNode.js v20.20.2',
      "import { enableCompileCache } from \"node:module\";\n         ^^^^^^^^^^^^^^^^^^\nSyntaxError: The requested module 'node:module' does not provide an export named 'enableCompileCache'\n\nNode.js v20.20.2",
    ],
  ],
  [
    /files of hyperion-ts are not there/,
    [
      "Error: Cannot find module '/srv/checkout/packages/launcher/src/agent/agent-main.ts'\n  code: 'MODULE_NOT_FOUND'\n\nNode.js v24.21.0",
    ],
  ],
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
    /another|not for that node's kind of machine/,
    [
      "/opt/node/node: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by /opt/node/node)",
      "bash: line 1: /opt/node/node: cannot execute binary file: Exec format error",
      "/opt/node/node: error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file or directory",
      "slurmstepd-n1: error: execve(): /opt/node/node: Exec format error",
    ],
  ],
  [
    /no login shell there that runs commands/,
    [
      "This account is currently not available.",
      "rbash: line 1: exec: restricted",
      "rbash: /opt/node/node: restricted: cannot specify `/' in command names",
    ],
  ],
  [
    /has no room for another program/,
    [
      "bash: fork: retry: Resource temporarily unavailable",
      "-bash: fork: Cannot allocate memory",
      "node[12]: pthread_create: Resource temporarily unavailable",
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
    expect(startFailureHint(printed, 1)).toMatch(hint);
  });
});

test.each([
  "Welcome to the cluster.",
  "Segmentation fault",
  "Could not chdir to home directory /home/x: No such file or directory\nSegmentation fault",
])("it says nothing of %j", (printed) => {
  expect(startFailureHint(printed, 139)).toBe("");
});

test.each([
  ["", 0, /start file of the login shell end it \(exit\)/],
  ["", 1, /lets nobody in \(\/bin\/false/],
  ["Could not chdir to home directory /home/x: No such file or directory", 1, /lets nobody in/],
  ["", 137, /^$/],
])("of %j and exit code %i it says %s", (printed, code, hint) => {
  expect(startFailureHint(printed, code)).toMatch(hint);
});
