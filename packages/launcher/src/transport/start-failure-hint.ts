/** What a person can do when a node runs something else than our agent: the reasons that we know by what is printed. */

/** Of a login shell that has our command and does not come to it. */
export const SILENT_LOGIN_SHELL =
  "The login shell of the account there does not come to the command: does one of its start files (.bashrc, .zshenv, .cshrc, config.fish) read input, or start another program (exec fish, tmux)? Let such lines run on a terminal only. Or does its sshd run another command (ForceCommand)?";

/** A sentence for the end of an error message about a program that printed this and ended with that exit code; empty where nothing is known. */
export function startFailureHint(printed: string, code: number | null): string {
  // sshd says it of every program of such an account.
  const ofTheProgram = printed.replaceAll(/^Could not chdir to home directory .*$/gm, "").trim();
  const known =
    HINTS.find(([pattern]) => pattern.test(ofTheProgram))?.[1] ?? (ofTheProgram === "" ? hintOfCode(code) : undefined);
  const hint = code === NOLOGIN_CODE ? NOLOGIN : known;
  return hint === undefined ? "" : `\n${hint}`;
}

/** Of a program that said nothing. */
function hintOfCode(code: number | null): string | undefined {
  if (code === 0)
    return "Something else ran there, and ended well: does a start file of the login shell end it (exit), or does its sshd run another command (ForceCommand)?";
  return code === 1
    ? "The account's login shell there may be one that lets nobody in (/bin/false, nologin)."
    : undefined;
}

/** sshd's own, without PAM, where there is an /etc/nologin (session.c, do_nologin). */
const NOLOGIN_CODE = 254;
const NOLOGIN =
  "The node lets nobody log in now (/etc/nologin): it is being booted or maintained. Exclude it from the job, or use the transport srun.";
const OLD_NODE =
  "The Node.js of that node is too old: hyperion-ts needs version 24 or later on all nodes (`nodePath` says where it is).";
const NO_FILES =
  "The files of hyperion-ts are not there on that node: the program must be on a file system that all nodes share, under the same path.";
const NOT_ALLOWED = "The account may not run Node.js on that node: is its path readable for it there?";
const NO_NODE =
  "Node.js is not there on that node under the path that this program runs with: install it on all nodes, or say with `nodePath` where it is.";
const OTHER_MACHINE =
  "The Node.js under that path is not for that node's kind of machine or system: say with `nodePath` where there is one.";
const NOBODY_LET_IN =
  "The account has no login shell there that runs commands: ask who runs that node, or use the transport srun.";
const NO_ROOM =
  "The node has no room for another program: memory, processes or open files of the account are used up there (`ulimit -a` on it).";

/** The first that fits counts. */
const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/ERR_UNKNOWN_FILE_EXTENSION|Unknown file extension/, OLD_NODE], // version 20 does not know .ts
  [/ERR_UNSUPPORTED_DIR_IMPORT/, OLD_NODE], // nor does version 16
  [/SyntaxError|bad option|is not a function/, OLD_NODE], // what is new is not there
  [/GLIBC(?:XX)?_[\d.]+' not found/, OTHER_MACHINE], // ld.so, in an older system
  [/[Ee]xec format error|cannot execute binary file/, OTHER_MACHINE], // another processor
  [/error while loading shared libraries/, OTHER_MACHINE], // ld.so
  [/Cannot find module|ERR_MODULE_NOT_FOUND/, NO_FILES], // Node.js is there
  [/account is currently not available|This service allows sftp|rbash: |restricted: cannot/, NOBODY_LET_IN], // nologin; rssh, scponly; rbash
  [
    /Cannot fork|fork: |[Cc]annot allocate memory|Resource temporarily unavailable|Too many open files|ENOMEM|pthread_create/,
    NO_ROOM,
  ], // shells and Node.js
  [/[Pp]ermission denied|not an executable file/, NOT_ALLOWED], // all shells, srun; fish
  [/: (?:[Cc]ommand )?not found|Unknown command/, NO_NODE], // tcsh, sh; fish
  [/No such file or directory|could not be found/, NO_NODE], // bash, srun; fish
];
