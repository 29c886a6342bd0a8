/** Short random names for programs, agents and workers; log files are named by them. */
import { randomInt } from "node:crypto";

declare const brand: unique symbol;

/** Names one process that we started, e.g. `"q7RkW"`: five letters and digits (Hyperion's ServiceId). */
export type ServiceId = string & { readonly [brand]: "ServiceId" };

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new random id: one of 916 million. */
export const newServiceId = (): ServiceId =>
  Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("") as ServiceId;
