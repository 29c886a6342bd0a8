/** Whether a person can press a key for this process. */
import { readIfThere } from "@hyperion-ts/processes";

/**
 * Whether this process is in the foreground of its terminal: the kernel stops one in the background that reads from it, or
 * changes it. Also true where there is no /proc to ask. (proc_pid_stat(5): pgrp, tpgid)
 */
export function isInForeground(): boolean {
  const stat = readIfThere("/proc/self/stat");
  // The name, in parentheses, may have blanks.
  const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === terminalGroup;
}
