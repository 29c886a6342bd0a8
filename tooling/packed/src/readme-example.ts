/** The first example of a README: a program, what it prints, and what has to be installed for it. */

/** A program as the README shows it. */
export interface ReadmeExample {
  /** The program's source. */
  readonly program: string;
  /** The README's next block: what the program prints. */
  readonly printed: string;
  /** The packages that it imports; not Node's own modules. */
  readonly packages: readonly string[];
}

/** Throws where a README has no block of `ts` with a block after it. */
export function readmeExample(readme: string): ReadmeExample {
  const [, program, printed] = /```ts\n(.*?)```.*?```(?:text)?\n(.*?)```/su.exec(readme) ?? [];
  if (program === undefined || printed === undefined)
    throw new Error(`This README has no example with what it prints:\n${readme}`);
  const specifiers = [...program.matchAll(/ from "([^"]+)"/gu)].map(([, specifier = ""]) => specifier);
  return { program, printed, packages: specifiers.filter((specifier) => !specifier.startsWith("node:")) };
}
