/** JSON as keys are stored in: apart from the rest, because few programs need it by itself. */
export { canonicalJson } from "./canonical-json.ts";
export { findNotJson, type JsonValue, type NotJson } from "./json-value.ts";
