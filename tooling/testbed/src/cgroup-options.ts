/**
 * What `cgroups: true` means for the other options: cpusets are made of real CPUs, so that nodes can't claim what the
 * machine hasn't. Pure.
 */
import type { MachineSize } from "./machine-size.ts";
import type { CpuSpec, NodeSpec, TestbedOptions } from "./options.ts";
import { TestbedError } from "./testbed-error.ts";

/**
 * Two nodes where none are asked for; a node with all of the machine's CPUs has the machine's layout, too.
 * @throws TestbedError `bad-options` when a node would be larger than the machine, or laid out otherwise
 */
export const optionsForCgroups = (options: TestbedOptions, machine: MachineSize): TestbedOptions => ({
  ...options,
  nodes: (options.nodes ?? ["n1", "n2"].map((name) => ({ name, cpus: machine.cpus }))).map((node) =>
    realNode(node, machine),
  ),
});

function realNode(node: NodeSpec, machine: MachineSize): NodeSpec {
  const memoryMb = node.memoryMb ?? Math.min(4000, machine.memoryMb);
  if (memoryMb > machine.memoryMb)
    throw tooLarge(`node ${node.name} claims ${memoryMb} MB of memory, and this machine has ${machine.memoryMb}`);
  if (!("cpus" in node)) return { ...node, memoryMb, ...realLayout(node.name, node, machine) };
  if (node.cpus > machine.cpus)
    throw tooLarge(`node ${node.name} claims ${node.cpus} CPUs, and this machine has ${machine.cpus}`);
  if (node.cpus < machine.cpus || machine.layout === null) return { ...node, memoryMb };
  const { cpus: _, ...rest } = node;
  return { ...rest, memoryMb, ...machine.layout };
}

function realLayout(
  name: string,
  { sockets, coresPerSocket, threadsPerCore }: Exclude<CpuSpec, { readonly cpus: number }>,
  { layout, cpus }: MachineSize,
): NonNullable<MachineSize["layout"]> {
  const isReal =
    layout?.sockets === sockets && layout.coresPerSocket === coresPerSocket && layout.threadsPerCore === threadsPerCore;
  if (isReal) return layout;
  const real =
    layout === null
      ? `${cpus} CPUs of uneven layout`
      : `${layout.sockets}x${layout.coresPerSocket}x${layout.threadsPerCore}`;
  throw tooLarge(
    `node ${name} claims ${sockets}x${coresPerSocket}x${threadsPerCore} CPUs, and this machine has ${real}`,
  );
}

const tooLarge = (problem: string): TestbedError =>
  new TestbedError(
    "bad-options",
    `The options of the testbed can't be met: ${problem}; nodes with cgroups are no larger than the machine.`,
  );
