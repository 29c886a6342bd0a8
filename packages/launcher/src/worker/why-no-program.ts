/** Why a program could not be started: the system has one word for a program, a directory and an interpreter that are not there. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isProgram } from "@hyperion-ts/processes/death-signal";

const LONGEST_SHOWN = 400;

/** The reason as a clause, for whoever named `file`. */
export function whyNoProgram(
  file: string,
  { cwd, env }: { readonly cwd: string | undefined; readonly env: NodeJS.ProcessEnv },
  cause: unknown,
): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "ENOENT" && code !== "EACCES" && code !== "ENOTDIR") return said;
  if (cwd !== undefined && !isDirectory(cwd))
    return `its directory (cwd) ${cwd} is not there on this node, or is no directory`;
  if (/\s/.test(file) && !existsSync(resolve(cwd ?? ".", file)))
    return `there is no program of this name. It takes no command line: ${asArguments(file)}`;
  if (!file.includes("/"))
    return `there is no such program on this node's PATH (${shortened(env["PATH"] ?? "which is not set")})`;
  if (isProgram(file, { cwd, env })) return `the interpreter that its first line (#!) names is not there on this node`;
  return existsSync(resolve(cwd ?? ".", file))
    ? "it is no file that may be executed (chmod +x makes it one)"
    : "there is no such file on this node";
}

/** How to say the same with a program and its arguments; a shell reads what is more than these. */
function asArguments(line: string): string {
  const [file = "", ...args] = line.trim().split(/\s+/);
  const plain = args.every((arg) => /^[\w./:=@%+,-]+$/.test(arg));
  return plain
    ? `give the arguments apart, as in ctx.exec(${JSON.stringify(file)}, ${JSON.stringify(args)})`
    : `give the arguments apart, as in ctx.exec("sort", ["-u", file]), or let a shell read it: ctx.exec("sh", ["-c", ${JSON.stringify(shortened(line))}])`;
}

/** Some are so long that nothing else would be seen of the message. */
const shortened = (text: string): string => (text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`);

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
