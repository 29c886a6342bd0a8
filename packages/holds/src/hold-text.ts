/** A hold as text, for a terminal, a mail, or a log. Pure. */
import { changesText } from "./hold-changes.ts";
import type { Hold } from "./hold.ts";

/** `roots/job n=2`. */
export const heldCall = ({ name, input }: Pick<Hold, "name" | "input">): string => `${name} ${input}`.trimEnd();

/** One line: `out of memory on n3 → hyperion retry 3Fa --mem 16G`. */
export const holdLine = ({ summary, command }: Hold): string => `${summary} → ${command}`;

/** All of it, in lines. */
export function holdText(hold: Hold): string {
  const { id, where, summary, why, lastLines, since, tries, remedy, command, changes, verdict } = hold;
  const place = [
    ...(where.jobId === null ? [] : [`Slurm job ${where.jobId}`]),
    ...(where.node === null ? [] : [`on ${where.node}`]),
  ].join(" ");
  const changed = changesText(changes);
  return [
    `${id}  ${heldCall(hold)}: ${summary}`,
    ...(place === "" ? [] : paragraph("where", place)),
    ...paragraph("why", why),
    ...lastLines.map((line) => `          | ${line}`),
    ...(where.log === null ? [] : paragraph("log", where.log)),
    ...paragraph("since", `${since.slice(0, 16).replace("T", " ")} UTC${tries > 1 ? `, failed ${tries} times` : ""}`),
    ...(changed === "" ? [] : paragraph("with", changed)),
    ...(verdict === null
      ? [...paragraph("remedy", remedy.words), ...paragraph("do", command), ...paragraph("or", `hyperion cancel ${id}`)]
      : paragraph("now", VERDICTS[verdict.kind])),
  ].join("\n");
}

const VERDICTS = {
  retry: "its call is made again, at the latest with the program's next run",
  cancel: "its caller gets the error, at the latest with the program's next run",
} as const;

const paragraph = (head: string, text: string): readonly string[] =>
  text.split("\n").map((line, i) => `  ${(i === 0 ? head : "").padEnd(8)}${line}`);
