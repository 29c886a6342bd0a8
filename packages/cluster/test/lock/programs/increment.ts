/** Adds one to the number in a file, slowly enough that others would come between. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export async function increment(file: string): Promise<void> {
  const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  await sleep(2);
  writeFileSync(file, String(before + 1));
}
