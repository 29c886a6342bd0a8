/** Takes in two modules that can't be in one program. */
export { one } from "./first-of-a-name.ts";
export { two } from "./second-of-a-name.ts";
