/**
 * A place in a text, moving forward only. Parsers that never go back take time linear in the text,
 * whatever the text is; and a refusal always knows its place.
 */
import { errorAt, type SlurmEnvError, type SlurmEnvErrorCode, type Source } from "./slurm-env-error.ts";

/** A place in a text. */
export class Cursor {
  /** The text. */
  readonly source: Source;
  /** The place: how many UTF-16 units are before it. */
  at = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** Whether nothing is left. */
  get atEnd(): boolean {
    return this.at >= this.source.text.length;
  }

  /** The character here, or "" at the end. */
  get next(): string {
    return this.source.text.charAt(this.at);
  }

  /** Steps over `token` if it is here. */
  take(token: string): boolean {
    const found = this.source.text.startsWith(token, this.at);
    if (found) this.at += token.length;
    return found;
  }

  /** Steps over what the sticky `pattern` matches here; "" if it does not. */
  takeWhile(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source.text)?.[0] ?? "";
    this.at += match.length;
    return match;
  }

  /** An error at this place, or at an earlier one. */
  error(problem: string, position = this.at, code: SlurmEnvErrorCode = "malformed"): SlurmEnvError {
    return errorAt(code, this.source, position, problem);
  }
}
