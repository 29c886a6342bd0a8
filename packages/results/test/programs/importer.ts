/** Does what a module of remote functions does with this package, and lists the loaded SQLite modules. */
import { memoizeWithMap } from "../../src/index.ts";
import { brackets, root } from "../world.ts";

export const remembered = memoizeWithMap(brackets, (key) => async () => [key.n, key.x], root(2));
const { moduleLoadList } = process as typeof process & { readonly moduleLoadList: readonly string[] };
console.log(JSON.stringify(moduleLoadList.filter((name) => name.toLowerCase().includes("sqlite"))));
