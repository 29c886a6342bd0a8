import { expect, test } from "vitest";
import { parseNodeAddresses } from "../../src/run/slurm-addresses.ts";

test("each node has the address that Slurm has for it", () => {
  const printed =
    "NodeName=n1 Arch=x86_64 NodeAddr=10.99.0.2 NodeHostName=n1 Version=22.05.8 OS=Linux 6.1 #1 SMP\nNodeName=n2 CoresPerSocket=1 NodeAddr=n2-ib NodeHostName=ip-10-1-2-3 Port=7003 Reason=Not responding [slurm@2026-01-01]\n\n";
  expect([...parseNodeAddresses(printed)]).toEqual([
    ["n1", "10.99.0.2"],
    ["n2", "n2-ib"],
  ]);
});

test("an answer that says something else has none", () => {
  expect([...parseNodeAddresses("Node n9 not found\n")]).toEqual([]);
});
