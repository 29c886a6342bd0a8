/** `hyperion completion`: the script for a shell. The script asks `hyperion complete -- WORDS` at each press of Tab. */
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const completion: CommandBody = async ({ args: [shell = ""] }) => {
  const { script } = await import("@bomb.sh/tab");
  // It writes to standard output by itself.
  script(shell, "hyperion", "hyperion");
  return EXIT_CODES.done;
};
