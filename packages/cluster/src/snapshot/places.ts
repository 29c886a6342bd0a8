/**
 * Places of files in a snapshot's text. While it is made, a mark stands for each, which is the same wherever the program
 * lies: so the same program has the same hash in each folder. At the end the marks become what they stand for.
 */
import { createHash } from "node:crypto";
import { relative } from "node:path";

const MARK = /hyperion-place-[0-9a-f]{32}/g;

export class Places {
  readonly #root: string;
  readonly #byMark = new Map<string, string>();

  /** `root`: the folder from which places are told, absolute. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The mark for `text` (a path or URL), which is a `kind` of the absolute path `path`. */
  mark(kind: string, path: string, text: string): string {
    return this.markOf(`${kind} ${relative(this.#root, path)}`, text);
  }

  /** The same for what has a name by itself. Two things of one name are told apart by where they are. */
  markOf(name: string, text: string): string {
    const mark = markFor(name);
    const known = this.#byMark.get(mark);
    if (known !== undefined && known !== text) return this.markOf(`${name} ${relative(this.#root, text)}`, text);
    this.#byMark.set(mark, text);
    return mark;
  }

  /** `code` with what the marks stand for; each is a part of a string literal or a template. */
  fill(code: string): string {
    return code.replaceAll(MARK, (mark) => inLiteral(this.#byMark.get(mark) ?? mark));
  }
}

const markFor = (name: string): string =>
  `hyperion-place-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;

/** Whichever quotes there are around it. */
const inLiteral = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[`'$]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`);
