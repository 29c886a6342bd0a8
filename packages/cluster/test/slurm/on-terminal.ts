/** A program on a real terminal of the login node, with a person who presses keys. */
import { FakeTerminal } from "@hyperion-ts/fake-terminal";
import type { Testbed } from "@hyperion-ts/testbed";
import type { ProgramDir } from "./program-cluster.ts";
import type { ProgramRequest } from "./programs/squares-program.ts";

/** A program on a terminal. */
export interface OnTerminal {
  /** What the screen shows, with all that has scrolled off it. */
  screen(): string;
  press(keys: string): void;
  /** Resolves with the exit code when the program has ended, and whether the terminal is as it was. */
  readonly ended: Promise<{ readonly code: number; readonly isRestored: boolean }>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What stty says behind the program. */
const END = /ended with (\d+)[\s\S]*?speed[\s\S]*?(-?)icanon/;

/** Starts the program, in the foreground of its terminal or in the background, where it has no key of a person, on a terminal of so many columns. */
export function startOnTerminal(
  testbed: Testbed,
  dir: ProgramDir,
  request: Omit<ProgramRequest, "dir">,
  {
    where = "foreground",
    columns = 80,
  }: { readonly where?: "foreground" | "background"; readonly columns?: number } = {},
): OnTerminal {
  const program = "/srv/checkout/packages/cluster/test/slurm/programs/squares-program.ts";
  const argv = ["/opt/node/node", program, JSON.stringify({ ...request, dir: dir.inCluster })];
  const run = argv.map(quoted).join(" ");
  const started = where === "foreground" ? run : `set -m; ${run} & wait $!`;
  const command = `stty cols ${columns} rows 30; ${started}; echo ended with $?; stty -a`;
  const child = testbed.spawn(
    "login",
    ["env", "-u", "CI", "-u", "NO_COLOR", "TERM=xterm-256color", "script", "-qec", command, "/dev/null"],
    { user: "alice", cwd: dir.inCluster },
  );
  const terminal = new FakeTerminal(columns, 30);
  child.stdout?.setEncoding("utf8").on("data", (text: string) => terminal.echo(text));
  const ended = new Promise<{ readonly code: number; readonly isRestored: boolean }>((settle, fail) =>
    child.once("close", () => {
      const [, code, minus] = END.exec(terminal.text) ?? [];
      if (code === undefined) fail(new Error(`The program did not end as it should:\n${terminal.text}`));
      else settle({ code: Number(code), isRestored: minus === "" });
    }),
  );
  return { screen: () => terminal.text, press: (keys) => void child.stdin?.write(keys), ended };
}
