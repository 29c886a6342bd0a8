/** What a person can do when a node runs something else than our agent: the reasons that we know by what is printed. */

/** A sentence for the end of an error message; empty where nothing is known. */
export function startFailureHint(printed: string): string {
  const hint = hints.find(([pattern]) => pattern.test(printed))?.[1];
  return hint === undefined ? "" : `\n${hint}`;
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/ERR_UNKNOWN_FILE_EXTENSION|Unknown file extension|ERR_UNSUPPORTED_DIR_IMPORT|SyntaxError|bad option|is not a function/, "The Node.js of that node is too old: hyperion-ts needs version 24 or later on all nodes (`nodePath` says where it is)."],
  [/Cannot find module|ERR_MODULE_NOT_FOUND/, "The files of hyperion-ts are not there on that node: the program must be on a file system that all nodes share, under the same path."],
  [/[Pp]ermission denied|not an executable file/, "The account may not run Node.js on that node: is its path readable for it there?"],
  [/: (?:[Cc]ommand )?not found|No such file or directory|Unknown command|could not be found/, "Node.js is not there on that node under the path that this program runs with: install it on all nodes, or say with `nodePath` where it is."],
];
