/** A folder with files, such as those of a kernel. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface FakeTree extends Disposable {
  readonly folder: string;
}

/** Each file by its path, with its text; a path that ends in a slash is a folder. Gone when it is disposed of. */
export function fakeTree(files: Readonly<Record<string, string>>): FakeTree {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-ts-tree-"));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!name.endsWith("/")) writeFileSync(path, `${text}\n`);
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
