import { expect, test } from "vitest";
import { parseThreadsPerCore } from "../src/index.ts";

test.each([
  [
    "of several nodes",
    "NodeName=n1 Arch=x86_64 CoresPerSocket=1 \n   CPUAlloc=1 CPUTot=2\n   State=MIXED+PLANNED ThreadsPerCore=1 TmpDisk=0\n\nNodeName=n2 Arch=x86_64 CoresPerSocket=8 \n   State=IDLE ThreadsPerCore=2 TmpDisk=0\n\n",
    { n1: 1, n2: 2 },
  ],
  [
    "of one line each",
    "NodeName=n1 CoresPerSocket=1 ThreadsPerCore=2 State=IDLE\nNodeName=n2 CoresPerSocket=1 ThreadsPerCore=4 State=IDLE\n",
    { n1: 2, n2: 4 },
  ],
  ["of no node, as in an error", "slurm_load_node error: Unable to contact slurm controller", {}],
  ["of a node whose threads are not told", "NodeName=n1 State=FUTURE\n", {}],
])("the threads of cores are read %s", (_, text, threads) => {
  expect(Object.fromEntries(parseThreadsPerCore(text))).toEqual(threads);
});
