/** Short random names for programs, agents and workers; log files are named by them. */

declare const brand: unique symbol;

/** Names one process that we started, e.g. `"q7RkW"`: five letters and digits (Hyperion's ServiceId). */
export type ServiceId = string & { readonly [brand]: "ServiceId" };

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new random id: one of 916 million. */
export function newServiceId(): ServiceId {
  // Loaded by who makes one: it is a tenth of a worker's start.
  const { randomInt } = process.getBuiltinModule("node:crypto");
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("") as ServiceId;
}
