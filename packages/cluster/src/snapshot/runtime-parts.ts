/**
 * How these packages are divided over few files: each process loads what it needs, in one or two of them, and each module is in
 * one file only, because a worker and a program that it has imported share some (errors that one throws and the other knows).
 */
import type { CodeSplittingGroup, Plugin, PluginContext } from "rolldown";
import { ownModule } from "./own-packages.ts";

/** In their order: a part imports statically from those before it. */
const PARTS = ["shared", "head", "libraries", "others"] as const;
type Part = (typeof PARTS)[number];

/** Divides the modules below the entries of a head and a worker, and those of what a program may import. */
export class RuntimeParts {
  readonly #head: string;
  readonly #worker: string;
  readonly #exports: readonly string[];
  readonly #partOf = new Map<string, Part>();

  /** Paths of modules. */
  constructor(head: string, worker: string, exports: readonly string[]) {
    this.#head = head;
    this.#worker = worker;
    this.#exports = exports;
  }

  /** Looks at the modules when they are known. */
  get plugin(): Plugin {
    const divide = (context: PluginContext): void => this.#divide(context);
    return {
      name: "hyperion-runtime-parts",
      buildEnd() {
        divide(this);
      },
    };
  }

  get groups(): CodeSplittingGroup[] {
    return PARTS.map((name, i) => ({
      name,
      priority: PARTS.length - i,
      test: (id) => this.#partOf.get(id) === name,
    }));
  }

  #divide(context: PluginContext): void {
    const imports = (id: string): readonly string[] => context.getModuleInfo(id)?.importedIds ?? [];
    const later = (id: string): readonly string[] => context.getModuleInfo(id)?.dynamicallyImportedIds ?? [];
    this.#take("shared", [...imports(this.#worker), ...this.#exports], imports);
    // What each head comes to need is loaded at once.
    const lazy = [
      this.#head,
      ownModule("job", "run-job-slurm"),
      ownModule("results", "open-results"),
      ownModule("results", "load-map-rows"),
    ];
    this.#take("head", [...imports(this.#head), ...lazy.flatMap(later)], imports);
    for (const id of context.getModuleIds())
      if (id !== this.#head && id !== this.#worker && !this.#partOf.has(id))
        this.#partOf.set(id, id.includes("/node_modules/") && !id.includes("/@hyperion-ts/") ? "libraries" : "others");
  }

  #take(part: Part, ids: readonly string[], next: (id: string) => readonly string[]): void {
    const wanted = [...ids];
    for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
      if (this.#partOf.has(id)) continue;
      this.#partOf.set(id, part);
      wanted.push(...next(id));
    }
  }
}
