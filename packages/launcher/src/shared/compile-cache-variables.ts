/** How a worker knows where compiled code is kept (compile-cache.ts). It was told before it began. */

/** The runtime's own variable. */
export const VARIABLE = "NODE_COMPILE_CACHE";

/** Names the same folder where the agent has chosen it, and not a person. */
export const CHOSEN = "HYPERION_COMPILE_CACHE";

/** Programs of users, and what they start, have compiled code of their own, and keep it where they like. */
export function hideCompileCache(): void {
  if (process.env[VARIABLE] === process.env[CHOSEN]) delete process.env[VARIABLE];
  delete process.env[CHOSEN];
}
