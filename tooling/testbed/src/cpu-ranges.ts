/** The kernel's lists of numbers, such as `0-3,8` (cpuset(7), "List format"). Pure. */

export const parseCpuRanges = (text: string): readonly number[] =>
  text
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, place) => first + place);
    });
