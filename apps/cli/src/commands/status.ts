/** `hyperion status`: how far a run is, on one screen. */
import { viewOf } from "../chosen-view.ts";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { screenOf, usesColour } from "../output/terminal.ts";

export const status: CommandBody = async ({ args: [dir], options: { run, job, json, watch }, terminal }) => {
  const found = await chooseRun({ dir, run });
  if (watch === true && json === true) {
    terminal.stderr.write("hyperion: --watch is for people, --json for programs: give one of them\n");
    return EXIT_CODES.usage;
  }
  if (watch === true) {
    const { watchRun } = await import("../screen/watch-run.ts");
    return watchRun(found, { page: 0, terminal, instead: "hyperion status, again and again (watch -n 2)", job });
  }
  const view = await viewOf(found, job);
  terminal.stdout.write(
    json === true
      ? `${JSON.stringify(await view.report())}\n`
      : await view.text({ ...screenOf(terminal), colour: usesColour(terminal) }),
  );
  return EXIT_CODES.done;
};
