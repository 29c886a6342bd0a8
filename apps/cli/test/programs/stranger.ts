/**
 * Asks a run as another user: `node stranger.ts DIR SOCKET`. Everything is loaded before, as its own user, because the other one may
 * not be able to read it. Writes a line of JSON: what its own user is answered, and the other one.
 */
import { connect } from "node:net";
import { COMMANDS as ALL } from "../../src/commands.ts";
import { runCommandLine } from "../../src/index.ts";
import { EXIT_CODES } from "../../src/output/exit-code.ts";

const STRANGER = 54_321;
const [dir = "", socket = ""] = process.argv.slice(2);
/** All that asks a run; the directory goes behind each. */
const COMMANDS = [
  ["ps"],
  ["status"],
  ["status", "--watch"],
  ["top"],
  ["top", "--once"],
  ["tasks", "--dir"],
  ["tasks", "--failed", "--dir"],
  ["tasks", "--slowest", "--dir"],
  ["explain", "1", "--dir"],
  ["results", "--dir"],
  ["results", "values", "--dir"],
  ["logs", "--dir"],
  ["logs", "1", "--dir"],
  ["stop", "--dir"],
  ["stop", "--jobs", "--dir"],
  ["cancel", "1", "--dir"],
  ["cancel", "3Fa", "--dir"],
  ["jobs"],
  ["holds", "--dir"],
  ["retry", "3Fa", "--dir"],
  ["retry", "--all", "--dir"],
];
/** Does not ask a run. */
const OTHERS = new Set(["completion", "doctor", "run"]);

const codeOf = async (args: readonly string[]): Promise<number> => {
  const silent = { write: () => true };
  return runCommandLine([...args, dir], { stdout: silent, stderr: silent, env: {} });
};

const connected = (): Promise<string> =>
  new Promise((resolve) => {
    const connection = connect(socket);
    connection.on("connect", () => {
      connection.destroy();
      resolve("connected");
    });
    connection.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });

// Those that change nothing; what the others do is loaded where there is no run.
const own = {
  status: await codeOf(["status"]),
  jobs: await codeOf(["jobs"]),
  tasks: await codeOf(["tasks", "--dir"]),
  socket: await connected(),
};
const silent = { write: () => true };
for (const args of COMMANDS) await runCommandLine([...args, "/nowhere"], { stdout: silent, stderr: silent, env: {} });
const asking = new Set(COMMANDS.map(([name]) => name));
const forgotten = ALL.map(({ name }) => name).filter((name) => !asking.has(name) && !OTHERS.has(name));

process.setgroups?.([]);
process.setgid?.(STRANGER);
process.setuid?.(STRANGER);
const answered: string[] = [];
for (const args of COMMANDS) {
  const code = await codeOf(args);
  if (code !== EXIT_CODES.notOurs) answered.push(`${args.join(" ")}: ${code}`);
}
console.log(JSON.stringify({ own, forgotten, stranger: { answered, socket: await connected() } }));
