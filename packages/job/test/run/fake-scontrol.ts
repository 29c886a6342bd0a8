/** A scontrol that says what a test wants. */
import { chmodSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { vi } from "vitest";

/** A folder with a scontrol of this text, which is found first until the folder is disposed of. */
export function fakeScontrol(script: string): Disposable {
  const folder = mkdtempDisposableSync(join(tmpdir(), "scontrol-"));
  const file = join(folder.path, "scontrol");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", `${folder.path}${delimiter}${process.env["PATH"]}`);
  return folder;
}
