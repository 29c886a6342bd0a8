/** How progress is shown: redrawn in place where a person watches, as plain lines where it is kept. */

/** plain: as lines that are kept. live: as a block that is redrawn, in `colour` or not. */
export type DisplayMode = { readonly kind: "plain" } | { readonly kind: "live"; readonly colour: boolean };

/** `"auto"` is live on a terminal that can move its cursor, except in continuous integration (`CI`, `TERM=dumb`); colours unless `NO_COLOR` is set. */
export function displayMode(wanted: "auto" | "plain", isTerminal: boolean, env: NodeJS.ProcessEnv): DisplayMode {
  const inCi = !["", "0", "false"].includes(env["CI"] ?? "");
  if (wanted === "plain" || !isTerminal || inCi || env["TERM"] === "dumb") return { kind: "plain" };
  return { kind: "live", colour: (env["NO_COLOR"] ?? "") === "" };
}
