/** A module whose top level fails. */
export const settings: unknown = JSON.parse("{no");
