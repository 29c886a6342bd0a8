/**
 * The one place where an argument vector becomes text for a shell: sshd hands its command to the account's login
 * shell, whichever that is, and Slurm runs a batch script.
 *
 * In sh, bash, zsh, tcsh and fish, single quotes keep everything but three characters: the quote itself, the
 * backslash (an escape in fish) and the exclamation mark (history in tcsh). Outside of quotes each of the three, with a
 * backslash before it, means itself in all of these shells.
 */

/**
 * The command line that runs `argv` in place of the login shell.
 *
 * @throws TypeError for arguments that no line can hold
 */
export const loginShellCommand = (argv: readonly string[]): string => `exec ${argv.map(shellQuote).join(" ")}`;

/**
 * The command of a script for sh that runs `argv` in place of the script.
 *
 * @throws TypeError for arguments that no script can hold
 */
export const scriptCommand = (argv: readonly string[]): string => `exec ${scriptWords(argv)}`;

/** The words of a command in a script for sh, which a person can paste into a shell too. Throws as `scriptCommand`. */
export const scriptWords = (argv: readonly string[]): string => argv.map(scriptQuote).join(" ");

/**
 * One argument, as any of these shells reads it.
 *
 * @throws TypeError for NUL, which no argument can hold, and for line ends, which tcsh can't quote
 */
export function shellQuote(argument: string): string {
  if (/[\0\r\n]/.test(argument))
    throw new TypeError(
      `An argument with a NUL or a line end can't be passed through a login shell: ${JSON.stringify(argument)}`,
    );
  if (/^[\w./,:@+-]+$/.test(argument)) return argument;
  const quoted = argument.replaceAll(/[^'\\!]+|['\\!]/g, (part) => ("'\\!".includes(part) ? `\\${part}` : `'${part}'`));
  return quoted === "" ? "''" : quoted;
}

/** One argument, as sh reads it in a file: there quotes keep line ends too. A carriage return is refused, because sbatch takes it for DOS. */
function scriptQuote(argument: string): string {
  if (/[\0\r]/.test(argument))
    throw new TypeError(
      `An argument with a NUL or a carriage return can't be passed through a script: ${JSON.stringify(argument)}`,
    );
  return argument.split("\n").map(shellQuote).join("'\n'");
}
