/**
 * What the two tools that check packages say of a tarball, one line for each problem.
 *
 * publint: do the fields of package.json and the files fit together, for Node and for bundlers?
 * Are the types wrong?: does TypeScript find the declarations, and are they of the module that Node loads?
 */
import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { filterProblems, problemKindInfo } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** Errors, warnings and suggestions of publint. */
export async function publishProblems(tarball: string): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer } });
  return messages.map((message) => `${message.type}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

/**
 * Problems of the types where a package of ES modules can be used: from ES modules in Node, and through bundlers.
 * Node 10 knows no `exports`, and `require` of a module is not for us to type.
 */
export async function typeProblems(tarball: string): Promise<readonly string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (analysis.types === false) return ["The package has no types."];
  const problems = (["node16-esm", "bundler"] as const).flatMap((resolutionKind) =>
    filterProblems(analysis, { resolutionKind }),
  );
  return [...new Set(problems)].map((problem) => `${problemKindInfo[problem.kind].title}: ${JSON.stringify(problem)}`);
}
