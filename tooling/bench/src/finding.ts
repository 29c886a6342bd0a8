/** What follows from figures: usually a ratio, because on a shared machine ratios of one run are what counts. */

/** What a finding has to be. */
export type Gate =
  /** No more than the limit. */
  | { readonly kind: "at-most"; readonly limit: number }
  /** No less than the limit. */
  | { readonly kind: "at-least"; readonly limit: number };

/** One thing that follows from figures. */
export interface Finding {
  /** What it is called. */
  readonly what: string;
  /** The value's unit; empty for a ratio. */
  readonly unit: string;
  /** What was found. */
  readonly value: number;
  /** null: nothing was promised. */
  readonly gate: Gate | null;
}

/** The gate of a value that may be this large. */
export const atMost = (limit: number): Gate => ({ kind: "at-most", limit });
/** The gate of a value that may be this small. */
export const atLeast = (limit: number): Gate => ({ kind: "at-least", limit });

/** Whether the finding is what it has to be. */
export function isMet({ value, gate }: Finding): boolean {
  if (gate === null) return true;
  switch (gate.kind) {
    case "at-most":
      return value <= gate.limit;
    case "at-least":
      return value >= gate.limit;
    default:
      return gate satisfies never;
  }
}
