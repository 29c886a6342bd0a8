/** What is told of a submission, in words. */

/** A clause as a sentence. */
export const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;

/** A time for a person, such as `30 s`. */
export const inSeconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1_000))} s`;
