/**
 * Places of files, as a snapshot says them: seen from its own folder. So the same program makes the same snapshot wherever it
 * lies, and finds its files also where that folder has another name, as on nodes with an automounter.
 */
import { relative } from "node:path";

/** How a snapshot in the folder `directory` (absolute, without links) says places; what they are said of is absolute. */
export class Places {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A relative URL. */
  reference(path: string): string {
    return this.#way(path).split("/").map(encodeURIComponent).join("/");
  }

  /** JavaScript that gives the URL of what a relative URL means, beginning with `path`'s. */
  url(path: string, inside = ""): string {
    return `new URL(${JSON.stringify(this.reference(path) + inside)}, import.meta.url).href`;
  }

  /** JavaScript that gives the path. */
  path(path: string): string {
    return pathExpression(this.#way(path));
  }

  /** The same for modules that can't have `import.meta`: text that `fill` replaces. */
  pathMark(path: string): string {
    return JSON.stringify(`hyperion-path:${hex(this.#way(path))}`);
  }

  /** A name for what is imported and stays outside, until `fill` replaces it; `require` takes a path. */
  outsideMark(path: string, kind: "url" | "path"): string {
    return `hyperion-outside:${hex(kind === "url" ? this.reference(path) : this.#way(path))}`;
  }

  #way(path: string): string {
    const way = relative(this.#directory, path);
    return /^\.\.(?:\/|$)/.test(way) ? way : `./${way}`;
  }
}

/** JavaScript that gives the snapshot's own path, in modules that can't have `import.meta`: text that `fill` replaces. */
export const SNAPSHOT_MARK = '"hyperion-snapshot:"';

/** A name for what a module of these packages gives, in the file `name` of the folder that runs the snapshot. */
export const runtimeMark = (name: string): string => `hyperion-runtime:${hex(name)}`;

/** `code` with all marks replaced; `runtime` is the name of that folder. */
export const fill = (code: string, runtime: string): string =>
  code
    .replaceAll(SNAPSHOT_MARK, "import.meta.filename")
    .replaceAll(/(["'`])hyperion-path:([0-9a-f]+)\1/g, (_, _quote, way: string) => pathExpression(fromHex(way)))
    .replaceAll(/(["'`])hyperion-runtime:([0-9a-f]+)\1/g, (_, _quote, name: string) =>
      JSON.stringify(`./${runtime}/${fromHex(name)}.mjs`),
    )
    .replaceAll(/(["'`])hyperion-outside:([0-9a-f]+)\1/g, (_, _quote, reference: string) =>
      JSON.stringify(fromHex(reference)),
    );

const pathExpression = (way: string): string =>
  `process.getBuiltinModule("node:path").resolve(import.meta.dirname, ${JSON.stringify(way)})`;

const hex = (text: string): string => Buffer.from(text).toString("hex");
const fromHex = (text: string): string => Buffer.from(text, "hex").toString("utf8");
