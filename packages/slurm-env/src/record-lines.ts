/**
 * The lines of a record that scontrol prints, told apart by the key that each begins with. Names, comments, paths and
 * command lines are any text, also one that looks like fields (`JobName=x JobState=COMPLETED`), and scontrol prints it as
 * it is. So a field counts only on the line where Slurm puts it, and a line counts only where there is one of its kind: a
 * text with line breaks can then hide what a record says, and not change it. With `--oneliner` nobody can tell them apart.
 */

/** One record: the lines, by their first keys. */
export class RecordLines {
  readonly #lines = new Map<string, string | undefined>();

  /** `record` is what scontrol printed of one job, without `--oneliner`. */
  constructor(record: string) {
    for (const line of record.split("\n")) {
      const [, key] = /^ *([A-Za-z_:/]+)=/.exec(line) ?? [];
      if (key !== undefined) this.#lines.set(key, this.#lines.has(key) ? undefined : line);
    }
  }

  /** All behind `FIRST=` on the line that begins with it: a text, with whatever blanks are in it. */
  text(first: string): string | undefined {
    return known(this.#lines.get(first)?.replace(/^[^=]*=/, ""));
  }

  /** The field `KEY=` (default: the first one) of the line that begins with `FIRST=`; its value has no blanks. */
  field(first: string, key = first): string | undefined {
    return known(new RegExp(`(?:^|\\s)${key}=(\\S*)`).exec(this.#lines.get(first) ?? "")?.[1]);
  }
}

const known = (value: string | undefined): string | undefined =>
  value === undefined || value === "" || value === "(null)" ? undefined : value;
