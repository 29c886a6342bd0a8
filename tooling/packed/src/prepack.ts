/** Before `pnpm pack`, in the folder of a package: compiles it, so that no tarball is without its dist/. */
import { build } from "./pack-all.ts";
import { publishedPackages } from "./workspace.ts";

try {
  await build(publishedPackages.filter(({ folder }) => folder === process.cwd()));
} catch (error) {
  // What went wrong is outside of this program: where it noticed that helps nobody.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
