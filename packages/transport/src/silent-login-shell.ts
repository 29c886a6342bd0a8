/** What a person can look at when a node was reached, and the command there does not say a word. */

/** What may be wrong with a login shell that has our command and does not run it. */
export const SILENT_LOGIN_SHELL =
  "The login shell of the account there does not come to the command: does one of its start files (.bashrc, .zshenv, .cshrc, config.fish) read input, or start another program (exec fish, tmux)? Let such lines run on a terminal only. Or does its sshd run another command (ForceCommand)?";
