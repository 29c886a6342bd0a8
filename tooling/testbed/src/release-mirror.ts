/** Where a release's packages come from: a mirror of Debian that this machine's apt uses anyway. */
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Release } from "./release.ts";
import { SYSTEM_ENV } from "./system-command.ts";

/**
 * The first of apt's mirrors that has the release and is Debian's, by its own word; mmdebstrap looks at the signature.
 * @returns undefined where none has it, or none can be reached
 */
export function mirrorOf(release: Release): string | undefined {
  const archives = archivesIn(run("apt-get", ["update", "--print-uris"]));
  return archives.find((archive) => isDebian(download(`${archive}dists/${release}/InRelease`)));
}

/** @param uris what `apt-get update --print-uris` prints: `'http://HOST/debian/dists/bookworm/InRelease' ...`. */
export const archivesIn = (uris: string): readonly string[] => [
  ...new Set([...uris.matchAll(/^'(.*\/)dists\/[^']*\/InRelease'/gmu)].map(([, archive = ""]) => archive)),
];

/** Others have archives for Debian's releases, too (their `Origin` is theirs), and Debian's security fixes are no release. */
export const isDebian = (inRelease: string): boolean =>
  /^Origin: Debian$/mu.test(inRelease) && /^Label: Debian$/mu.test(inRelease);

/** apt's own program knows the machine's proxies. */
function download(uri: string): string {
  using folder = mkdtempDisposableSync(join(tmpdir(), "testbed-mirror-"));
  const file = join(folder.path, "InRelease");
  run("/usr/lib/apt/apt-helper", [
    "-qq",
    "-oAcquire::Retries=0",
    "-oAcquire::http::Timeout=10",
    "download-file",
    uri,
    file,
  ]);
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const run = (file: string, args: readonly string[]): string =>
  spawnSync(file, args, { env: SYSTEM_ENV, encoding: "utf8" }).stdout ?? "";
