/** How a place in a value is shown to people: `$.points[3]["odd name"]`. */

/** The path of these steps, from the outside in; the middle of a very long one is left out. */
export function shownPath(steps: readonly PropertyKey[]): string {
  if (steps.length <= MOST_STEPS) return `$${steps.map(pathStep).join("")}`;
  const [first, last] = [steps.slice(0, MOST_STEPS / 2), steps.slice(-MOST_STEPS / 2)];
  return `$${first.map(pathStep).join("")}...${steps.length - MOST_STEPS} steps...${last.map(pathStep).join("")}`;
}

const MOST_STEPS = 20;

function pathStep(property: PropertyKey): string {
  if (typeof property === "number") return `[${property}]`;
  const name = String(property);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
