import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempDisposableSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { workspaceRoot } from "../src/workspace.ts";

test("a package of a clone where nothing is installed is not packed, and one line says what to run", () => {
  using temporary = mkdtempDisposableSync(join(tmpdir(), "hyperion-prepack-"));
  const clone = realpathSync(temporary.path);
  for (const path of ["tooling/packed/src", "packages/wire/package.json"]) {
    mkdirSync(join(clone, path, ".."), { recursive: true });
    cpSync(join(workspaceRoot, path), join(clone, path), { recursive: true });
  }
  const { status, stderr } = spawnSync(process.execPath, ["../../tooling/packed/src/prepack.ts"], {
    cwd: join(clone, "packages/wire"),
    encoding: "utf8",
  });
  expect(stderr).toBe(
    `@hyperion-ts/wire can't be compiled, because ${clone}/node_modules/.bin/tsc is missing. Run "npm run -s tools -- pnpm install" in ${clone}, and pack again\n`,
  );
  expect(status).toBe(1);
});
