import { readFileSync } from "node:fs";

/** What a file of the kernel says; an empty text where it is missing or must not be read. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
