/** The kernel's format for sets of CPUs, e.g. `0-3,8` (cpuset(7), "List format"). */
export const parseCpuList = (list: string): number[] =>
  list
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });

/** Reads the other format for the same: words of 32 bits in hexadecimal, the highest first, e.g. `00000001,000000ff` (cpuset(7), "Mask format"). */
export function parseCpuMask(mask: string): number[] {
  const digits = mask
    .replaceAll(/[^\da-f]/gi, "")
    .split("")
    .toReversed();
  return digits.flatMap((digit, place) =>
    [0, 1, 2, 3].filter((bit) => (Number.parseInt(digit, 16) >> bit) & 1).map((bit) => 4 * place + bit),
  );
}
