/** What a person is told of a call whose worker died under it, or whose node was lost, for the last time. */
import type { WorkerDeath } from "@hyperion-ts/launcher";

/** `what` is the death in one line, `attempts` how often the call was tried, `memoryMb` what each attempt had of memory, where that was said. */
export function describeLost(death: WorkerDeath, what: string, attempts: number, memoryMb: number | undefined): string {
  const killer = attempts > 1 && death.kind !== "node-lost" && !("full" in death) ? "the call kills its worker: " : "";
  return `${killer}${what}${heldText(death, memoryMb)}${advice(death, memoryMb)}`;
}

const heldText = (death: WorkerDeath, memoryMb: number | undefined): string =>
  "usedMb" in death && memoryMb !== undefined
    ? `. When it was last looked at it held ${death.usedMb} MB of memory, more than the ${memoryMb} MB of setTaskMemory`
    : "";

function advice(death: WorkerDeath, memoryMb: number | undefined): string {
  switch (death.kind) {
    case "out-of-memory":
      if (death.full !== undefined) return memoryAdvice(memoryMb);
      return memoryMb === undefined
        ? ". Give such calls more memory with setTaskMemory"
        : `. It had the ${memoryMb} MB of setTaskMemory: give such calls more`;
    case "killed":
      return death.signal === "SIGKILL" && death.complaint === undefined
        ? ". If nobody has killed it, its node may have run out of memory: reserve some for such calls with setTaskMemory, so that fewer of them share it"
        : "";
    case "exited":
      return ". A remote function must return or throw, and not end its process";
    case "node-lost":
      return "";
    default:
      return death satisfies never;
  }
}

/** Calls of a node share its memory with each other and with the program. */
function memoryAdvice(memoryMb: number | undefined): string {
  const share =
    memoryMb === undefined
      ? "reserve memory for such calls with setTaskMemory, so that fewer of them share it"
      : `it had reserved ${memoryMb} MB with setTaskMemory: reserve what it really needs`;
  return `. ${share.charAt(0).toUpperCase()}${share.slice(1)}; where one call alone needs more than there is, ask for more (in Slurm --mem or --mem-per-cpu)`;
}
