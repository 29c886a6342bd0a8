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
  if (!file.includes("/"))
    return `there is no such program on this node's PATH (${shortened(env["PATH"] ?? "which is not set")})`;
  if (isProgram(file, { cwd, env })) return `the interpreter that its first line (#!) names is not there on this node`;
  return existsSync(resolve(cwd ?? ".", file))
    ? "it is no file that may be executed (chmod +x makes it one)"
    : "there is no such file on this node";
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
