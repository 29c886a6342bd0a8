/** TypeScript without its types, as Node itself removes them. */
// As a whole: an old Node can't link a name that it does not have, and would not come as far as to say that it is too old.
import nodeModule from "node:module";

/**
 * The JavaScript of a TypeScript source; enums and namespaces are translated.
 *
 * @throws SyntaxError when Node can't read it.
 */
export function stripTypes(source: string): string {
  // Node warns whoever calls this in words that would appear in the output of the user's program.
  const own = Object.getOwnPropertyDescriptor(process, "emitWarning");
  Object.defineProperty(process, "emitWarning", { value: () => undefined, configurable: true, writable: true });
  try {
    return nodeModule.stripTypeScriptTypes(source, { mode: "transform" });
  } finally {
    if (own !== undefined) Object.defineProperty(process, "emitWarning", own);
  }
}
