/** Names of options and variables in lists: a star at the end stands for any end of the name. */
export const matchesAny = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
