import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loginShellCommand, scriptCommand, shellQuote } from "../src/shell-quote.ts";

/** As sshd runs a command: by the login shell's `-c`. Start-up files are left out. */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  sh: ["sh"],
  bash: ["bash"],
  dash: ["dash"],
  zsh: ["zsh", "-f"],
  tcsh: ["tcsh", "-f"],
  csh: ["csh", "-f"],
  fish: ["fish", "--no-config"],
};
const isHere = ([shell = ""]: readonly string[]): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

/** What shells make something of, and all else. */
const argument = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from("'\"\\!$`*?[]{}()<>|&;~#^%=@:-+,. \tab")) }),
  fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\0\r\n\p{Surrogate}]/gu, "")),
  fc.constantFrom(
    "",
    "-n",
    "!!",
    "!1",
    "\\\\",
    "$HOME",
    "~",
    "%1",
    "a=b",
    "--",
    "{a,b}",
    "\\'",
    "'\\''",
    "^a^b",
    "ü 😀",
  ),
);

describe.each(Object.entries(SHELLS).map(([name, argv]) => ({ name, argv })))(
  "in $name",
  ({ argv: [shell = "", ...options] }) => {
    test.skipIf(!isHere([shell]))("every argument comes out as it went in", () => {
      const arrives = fc.property(fc.array(argument, { minLength: 1, maxLength: 30 }), (sent) => {
        // printf is a program here: `exec` replaces the shell.
        const { stdout, stderr } = spawnSync(
          shell,
          [...options, "-c", loginShellCommand(["printf", "%s\\0", ...sent])],
          { encoding: "utf8", env: { ...process.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" } },
        );
        expect({ got: stdout.split("\0").slice(0, -1), stderr }).toEqual({ got: sent, stderr: "" });
      });
      fc.assert(arrives, { numRuns: 60 });
    });
  },
);

test("every argument comes out of a script of sh as it went in, line ends too", () => {
  const withLineEnds = fc
    .array(fc.oneof(argument, fc.constantFrom("\n")), { maxLength: 4 })
    .map((parts) => parts.join(""));
  const arrives = fc.property(fc.array(withLineEnds, { minLength: 1, maxLength: 30 }), (sent) => {
    const script = `#!/bin/sh\n${scriptCommand(["printf", "%s\\0", ...sent])}\n`;
    const { stdout, stderr } = spawnSync("sh", ["-s"], {
      encoding: "utf8",
      input: script,
      env: { ...process.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" },
    });
    expect({ got: stdout.split("\0").slice(0, -1), stderr }).toEqual({ got: sent, stderr: "" });
  });
  fc.assert(arrives, { numRuns: 60 });
});

test.each(["a\0b", "a\r\nb"])("%j is refused in a script", (bad) => {
  expect(() => scriptCommand(["printf", bad])).toThrow(TypeError);
});

test("what needs no quotes has none", () => {
  expect(loginShellCommand(["/opt/node/bin/node", "--max-old-space-size=100", "a,b@c:d+1"])).toBe(
    "exec /opt/node/bin/node '--max-old-space-size=100' a,b@c:d+1",
  );
});

test.each(["a\0b", "a\nb", "a\rb"])("%j is refused, because some login shell can't be given it", (bad) => {
  expect(() => shellQuote(bad)).toThrow(TypeError);
});
