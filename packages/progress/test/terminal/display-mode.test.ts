import { expect, test } from "vitest";
import { displayMode } from "../../src/terminal/display-mode.ts";

const PLAIN = { kind: "plain" };

test.each([
  { wanted: "auto", terminal: true, env: { TERM: "xterm" }, mode: { kind: "live", colour: true } },
  { wanted: "auto", terminal: true, env: { NO_COLOR: "1" }, mode: { kind: "live", colour: false } },
  { wanted: "auto", terminal: true, env: { NO_COLOR: "", CI: "false" }, mode: { kind: "live", colour: true } },
  { wanted: "auto", terminal: true, env: { CI: "true" }, mode: PLAIN },
  { wanted: "auto", terminal: true, env: { TERM: "dumb" }, mode: PLAIN },
  { wanted: "auto", terminal: false, env: { TERM: "xterm" }, mode: PLAIN },
  { wanted: "plain", terminal: true, env: { TERM: "xterm" }, mode: PLAIN },
] as const)("$wanted, terminal: $terminal, $env: $mode.kind", ({ wanted, terminal, env, mode }) => {
  expect(displayMode(wanted, terminal, env)).toEqual(mode);
});
