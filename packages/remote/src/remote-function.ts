/**
 * A remote function: a named value with schemas that a worker can find by its name.
 *
 * User code imports this package, and so does every worker that loads user code: it
 * opens nothing, starts nothing and is light.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CallContext } from "./call-context.ts";
import { checkOptions, checkValue } from "@hyperion-ts/bounds/check-options";
import { anything, callable, nonEmpty, type Rules, standardSchema } from "@hyperion-ts/bounds/rules";
import { showValue } from "@hyperion-ts/bounds/show-value";
import { type ModuleMeta, moduleUrl } from "./module-url.ts";
import { type AnyRemoteFunction, register } from "./registry.ts";

/** What a caller passes in: the input as it is before the schema parses it. */
export type RemoteInput<F> = F extends { readonly input: infer I extends StandardSchemaV1 }
  ? StandardSchemaV1.InferInput<I>
  : never;

/** What a caller gets back: the output as the function returned it, checked by the schema but not transformed. */
export type RemoteOutput<F> = F extends { readonly output: infer O extends StandardSchemaV1 }
  ? StandardSchemaV1.InferInput<O>
  : never;

/** The function itself: what its input's schema gives out goes in, what its output's schema takes comes out. */
type Run<I extends StandardSchemaV1, O extends StandardSchemaV1> = (
  input: StandardSchemaV1.InferOutput<I>,
  ctx: CallContext,
) => StandardSchemaV1.InferInput<O> | Promise<StandardSchemaV1.InferInput<O>>;

/** What `defineRemote` is given. */
export interface RemoteFunctionDefinition<
  I extends StandardSchemaV1,
  O extends StandardSchemaV1,
  F extends Run<I, O> = Run<I, O>,
> {
  /** Unique in the program, and stable: it survives bundling and renaming, e.g. `"roots/bracket"`. */
  readonly name: string;
  /** Any Standard Schema. The caller's value is checked before it is sent and parsed once in the worker. */
  readonly input: I;
  /** Any Standard Schema. What `run` returns is checked in the worker and travels as it was returned. */
  readonly output: O;
  /** The function itself, which runs in a worker. All that it needs is in `input`: nothing is captured. */
  readonly run: F;
}

/** A function that can be called from afar. Made by `defineRemote`. */
export interface RemoteFunction<
  I extends StandardSchemaV1 = StandardSchemaV1,
  O extends StandardSchemaV1 = StandardSchemaV1,
> extends RemoteFunctionDefinition<I, O> {
  /** The URL of the module that defines it; a worker imports this. */
  readonly module: string;
}

/**
 * Defines a remote function. Call it at the top level of a module, once for each name. (The same module may be loaded twice.)
 *
 * `F` is there so that the compiler knows the output's schema when it reads `run`: `[n, n]` is then a
 * tuple and `"up"` a literal, where the schema wants one. (Not in a function without parameters, which it reads first.)
 *
 * @throws DuplicateNameError when another module, or this one in another place, has defined a function of that name;
 *   NoModuleError when `meta` names no module, as in CommonJS; TypeError when `input` or `output` is no Standard Schema, and
 *   for other wrong or unknown parts.
 * @example
 * export const square = defineRemote(import.meta, {
 *   name: "square",
 *   input: z.number(),
 *   output: z.number(),
 *   run: (x) => x * x,
 * });
 */
export function defineRemote<I extends StandardSchemaV1, O extends StandardSchemaV1, F extends Run<I, O>>(
  meta: ModuleMeta,
  definition: RemoteFunctionDefinition<I, O, F>,
): RemoteFunction<I, O> {
  return defineNamed("defineRemote", meta, definition);
}

/**
 * What `verb` (such as `"defineRemote"`) was given, checked, with its module, and known by its name from now on: for verbs
 * that define other kinds of named values with schemas.
 *
 * @throws as `defineRemote` does.
 */
export function defineNamed<D extends Omit<AnyRemoteFunction, "module">>(
  verb: string,
  meta: ModuleMeta,
  definition: D,
): D & Pick<AnyRemoteFunction, "module"> {
  checkDefinition(verb, definition);
  const fn = { ...definition, module: moduleUrl(meta, definition.name) };
  register(fn, meta);
  return fn;
}

/** A function that is defined after another one's pattern has its module, too; ours counts. */
const RULES: Rules<RemoteFunctionDefinition<StandardSchemaV1, StandardSchemaV1> & Pick<RemoteFunction, "module">> = {
  name: nonEmpty,
  input: standardSchema,
  output: standardSchema,
  run: callable,
  module: anything,
};

function checkDefinition(
  verb: string,
  definition: { readonly name: string; readonly input: unknown; readonly output: unknown; readonly run: unknown },
): void {
  if (typeof definition !== "object" || definition === null)
    throw new TypeError(
      `${verb} takes the module's own import.meta, and then what it defines: ${verb}(import.meta, { name, input, output, run }). The second one was ${showValue(definition)}`,
    );
  checkValue(verb, "name", definition.name, nonEmpty);
  const place = `${verb} ${JSON.stringify(definition.name)}`;
  checkOptions<object>(place, definition, RULES);
  checkValue(place, "input", definition.input, standardSchema);
  checkValue(place, "output", definition.output, standardSchema);
  checkValue(place, "run", definition.run, callable);
}
