/** A program without `if (import.meta.main)`, in the form that many have: it prints its error and ends the process. */
import { programInfo, pure, runJobLocal } from "../../src/index.ts";

async function main(): Promise<void> {
  await runJobLocal(programInfo("/nowhere"), pure(1));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
