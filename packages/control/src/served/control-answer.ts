/** The shapes of answers. */

/** An answer for programs. */
export interface JsonAnswer {
  readonly kind: "json";
  readonly status: number;
  readonly value: unknown;
}

/** An answer for people. */
export interface TextAnswer {
  readonly kind: "text";
  readonly text: string;
}

/** `events`: whoever asks hears all that comes; `later`: others are asked first. */
export type ControlAnswer =
  | JsonAnswer
  | TextAnswer
  | { readonly kind: "later"; readonly answer: Promise<JsonAnswer | TextAnswer> }
  | { readonly kind: "events" };

/** An answer as JSON. */
export const json = (value: unknown, status = 200): JsonAnswer => ({ kind: "json", status, value });

/** An answer that says why there is no other. */
export const failure = (status: number, code: string, message: string): JsonAnswer => json({ code, message }, status);
