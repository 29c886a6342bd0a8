/** The generic resources of a job on one node, from the text that scontrol prints to the text that a step asks for them with. */

/**
 * Reads `gpu:a100:2(IDX:0-1),gpu:v100:1(IDX:2),nvme:1` to `gpu:3,nvme:1`: amounts without types, which a step of the job
 * need not know, and without numbers. Amounts with a unit (`4G`) can't be added: each is asked for by itself.
 */
export function parseGres(printed: string): string {
  const amounts = new Map<string, number>();
  for (const [, name = "", type = "", amount = ""] of printed
    .replaceAll(/\([^)]*\)/g, "")
    .matchAll(/([^,:]+)((?::[^,:]+)*):(\d+[A-Z]?)(?=,|$)/g)) {
    const plain = /^\d+$/.test(amount);
    const key = plain ? name : `${name}${type}:${amount}`;
    amounts.set(key, (amounts.get(key) ?? 0) + (plain ? Number(amount) : 0));
  }
  return [...amounts].map(([key, amount]) => (amount === 0 ? key : `${key}:${amount}`)).join(",");
}
