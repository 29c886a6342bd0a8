/** What a person can do when a node runs something else than our agent: the reasons that we know by what is printed. */

/** A sentence for the end of an error message about a program that printed this and ended with that exit code; empty where nothing is known. */
export function startFailureHint(printed: string, code: number | null): string {
  // sshd says it of every program of such an account.
  const ofTheProgram = printed.replaceAll(/^Could not chdir to home directory .*$/gm, "").trim();
  const known =
    HINTS.find(({ says }) => says.some(([saying]) => saying.test(ofTheProgram)))?.hint ??
    (ofTheProgram === "" ? hintOfCode(code) : undefined);
  const hint = code === NOLOGIN_CODE ? NOLOGIN : known;
  return hint === undefined ? "" : `\n${hint}`;
}

/** What a person can do about a program that printed nothing and ended with this code. */
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

/** What is printed, and who prints it then. */
type Saying = readonly [saying: RegExp, who: string];

/** The first that fits counts. */
const HINTS: readonly { readonly hint: string; readonly says: readonly Saying[] }[] = [
  {
    hint: OLD_NODE,
    says: [
      [/ERR_UNKNOWN_FILE_EXTENSION/, "version 20, which does not know .ts"],
      [/Unknown file extension/, "the same, without its code"],
      [/ERR_UNSUPPORTED_DIR_IMPORT/, "version 16"],
      [/SyntaxError/, "one that does not know the syntax, or a name that node:module does not export yet"],
      [/bad option/, "one that does not know an option of ours"],
      [/is not a function/, "one that does not have what we call"],
    ],
  },
  {
    hint: OTHER_MACHINE,
    says: [
      [/GLIBC_[\d.]+' not found/, "ld.so, in an older system"],
      [/GLIBCXX_[\d.]+' not found/, "ld.so, with an older C++ library"],
      [/[Ee]xec format error/, "the kernel's word for another processor: bash, srun"],
      [/cannot execute binary file/, "bash of the same"],
      [/error while loading shared libraries/, "ld.so"],
    ],
  },
  {
    hint: NO_FILES,
    says: [
      [/Cannot find module/, "Node.js of the file that it is to run"],
      [/ERR_MODULE_NOT_FOUND/, "Node.js of a file that is imported"],
    ],
  },
  {
    hint: NOBODY_LET_IN,
    says: [
      [/account is currently not available/, "nologin"],
      [/This service allows sftp/, "rssh, scponly"],
      [/rbash: /, "bash, restricted"],
      [/restricted: cannot/, "the same, under another name"],
    ],
  },
  {
    hint: NO_ROOM,
    says: [
      [/Cannot fork/, "dash, tcsh"],
      [/fork: /, "bash, zsh"],
      [/[Cc]annot allocate memory/, "ENOMEM in words"],
      [/Resource temporarily unavailable/, "EAGAIN in words"],
      [/Too many open files/, "EMFILE in words"],
      [/ENOMEM/, "Node.js"],
      [/pthread_create/, "Node.js of its threads"],
    ],
  },
  {
    hint: NOT_ALLOWED,
    says: [
      [/[Pp]ermission denied/, "all shells, srun"],
      [/not an executable file/, "fish"],
    ],
  },
  {
    hint: NO_NODE,
    says: [
      [/: (?:[Cc]ommand )?not found/, "tcsh, sh"],
      [/Unknown command/, "fish"],
      [/No such file or directory/, "bash, srun"],
      [/could not be found/, "fish"],
    ],
  },
];
