/** Before `pnpm pack`, in the folder of a package: compiles it, so that no tarball is without its dist/. */
import { build } from "./pack-all.ts";
import { publishedPackages } from "./workspace.ts";

await build(publishedPackages.filter(({ folder }) => folder === process.cwd()));
