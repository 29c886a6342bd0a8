/**
 * Asks a run as another user: `node stranger.ts DIR SOCKET`. Everything is loaded before, as its own user, because the other one may
 * not be able to read it. Writes a line of JSON: what its own user is answered, and the other one.
 */
import { connect } from "node:net";
import { runCommandLine } from "../../src/index.ts";

const STRANGER = 54_321;
const [dir = "", socket = ""] = process.argv.slice(2);
const COMMANDS = [["status"], ["jobs"], ["tasks", "--dir"], ["stop", "--dir"], ["cancel", "1", "--dir"]];

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

// Those that change nothing; the others are loaded, too, by their help.
const own = {
  status: await codeOf(["status"]),
  jobs: await codeOf(["jobs"]),
  tasks: await codeOf(["tasks", "--dir"]),
  socket: await connected(),
};
for (const name of ["stop", "cancel"]) {
  const silent = { write: () => true };
  await runCommandLine([name, ...(name === "cancel" ? ["no-such-call"] : []), "--dir", "/nowhere"], {
    stdout: silent,
    stderr: silent,
    env: {},
  });
}
process.setgroups?.([]);
process.setgid?.(STRANGER);
process.setuid?.(STRANGER);
const codes: number[] = [];
for (const args of COMMANDS) codes.push(await codeOf(args));
console.log(JSON.stringify({ own, stranger: { codes, socket: await connected() } }));
