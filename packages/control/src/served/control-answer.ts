/** The shapes of answers. */

/** `events`: whoever asks hears all that comes. */
export type ControlAnswer =
  | { readonly kind: "json"; readonly status: number; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "events" };

/** An answer as JSON. */
export const json = (value: unknown, status = 200): ControlAnswer => ({ kind: "json", status, value });

/** An answer that says why there is no other. */
export const failure = (status: number, code: string, message: string): ControlAnswer =>
  json({ code, message }, status);
