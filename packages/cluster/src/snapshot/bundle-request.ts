/** What the bundler is asked for. It is told as JSON. */
import type { KeptSource } from "@hyperion-ts/code-hash";

/** A file of the user's, as it is to be taken. */
export interface GivenSource {
  readonly text: string;
  readonly format: KeptSource["format"] | null;
}

/** What is bundled, for which place. Paths are absolute, without links. */
export interface BundleRequest {
  readonly entries: readonly [string, ...string[]];
  /** Where the bundle will lie. */
  readonly directory: string;
  /** What files are taken for, whatever is on the disk, by their paths. Others are read. */
  readonly sources: Readonly<Record<string, GivenSource>>;
  /** Beside those of Node: `--conditions` of the program. */
  readonly conditions: readonly string[];
}

/** A file that a reader has read. */
export const givenSource = ({ bytes, format }: KeptSource): GivenSource => ({
  text: bytes.toString("utf8"),
  format: format ?? null,
});
