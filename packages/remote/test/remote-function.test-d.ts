/** What must compile and what must not, as a user of `defineRemote` writes it. Checked by tsc, never run. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import {
  type AnyRemoteFunction,
  type CallContext,
  defineRemote,
  type RemoteFunction,
  type RemoteInput,
  type RemoteOutput,
} from "../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...differ: Equal<A, B> extends true ? [] : [never]): void;

/** What every caller of remote functions looks like. */
declare function call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>>;

// Inference: `run` gets what the schema gives out; an array literal is the tuple that `output` wants.
export const bracket = defineRemote(import.meta, {
  name: "types/bracket",
  input: z.object({ n: z.int().positive(), eps: z.number().default(1e-9) }),
  output: z.tuple([z.number(), z.number()]),
  run: ({ n, eps }, ctx) => {
    same<typeof eps, number>();
    same<typeof ctx, CallContext>();
    return [n, n];
  },
});
defineRemote(import.meta, {
  name: "types/pair",
  input: z.object({ n: z.number() }),
  output: z.tuple([z.number(), z.number()]),
  run: ({ n }) => [n, n],
});
defineRemote(import.meta, {
  name: "types/async-pair",
  input: z.object({ n: z.number() }),
  output: z.tuple([z.number(), z.number()]),
  run: async ({ n }) => [n, n],
});
defineRemote(import.meta, {
  name: "types/literal",
  input: z.number(),
  output: z.enum(["up", "down"]),
  run: async (n) => (n > 0 ? "up" : "down"),
});
defineRemote(import.meta, {
  name: "types/nested",
  input: z.number(),
  output: z.object({ pairs: z.array(z.tuple([z.number(), z.number()])), signs: z.array(z.enum(["+", "-"])) }),
  run: async (n) => ({
    pairs: [
      [n, n],
      [1, 2],
    ],
    signs: ["+"],
  }),
});
defineRemote(import.meta, {
  name: "types/union",
  input: z.number(),
  output: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a") }),
    z.object({ kind: z.literal("b"), n: z.number() }),
  ]),
  run: async (n) => ({ kind: "b", n }),
});

// The function itself can be called, in a test of it: with what its schema gives out, and for what it returns.
declare const ctx: CallContext;
same<ReturnType<typeof bracket.run>, [number, number] | Promise<[number, number]>>();
void bracket.run({ n: 2, eps: 1e-3 }, ctx);

// Types of a function: the input before parsing (a default may be left out), the output as it is returned.
same<RemoteInput<typeof bracket>, { n: number; eps?: number | undefined }>();
same<RemoteOutput<typeof bracket>, [number, number]>();
same<RemoteInput<number>, never>();

// Calls.
export const good: Promise<[number, number]> = call(bracket, { n: 2 });
// @ts-expect-error a wrong input
void call(bracket, { n: "2" });
// @ts-expect-error an input with a part missing
void call(bracket, {});
// @ts-expect-error an input with a part that nobody asked for
void call(bracket, { n: 2, m: 3 });
// @ts-expect-error a wrong use of a result
export const wrongUse: Promise<string> = call(bracket, { n: 2 });
// @ts-expect-error a result that is no longer than two
void call(bracket, { n: 2 }).then((result) => result[2]);
// @ts-expect-error something that is no remote function
void call((n: number) => n, 1);

// Definitions.
// @ts-expect-error an output that is not what the schema wants
defineRemote(import.meta, { name: "types/wrong-output", input: z.number(), output: z.string(), run: (n) => n });
defineRemote(import.meta, {
  name: "types/wrong-async-output",
  input: z.number(),
  output: z.string(),
  // @ts-expect-error an async output that is not what the schema wants
  run: async (n) => n,
});
defineRemote(import.meta, {
  name: "types/short-tuple",
  input: z.number(),
  output: z.tuple([z.number(), z.number()]),
  // @ts-expect-error a tuple that is too short
  run: (n) => [n],
});
defineRemote(import.meta, {
  name: "types/wrong-literal",
  input: z.number(),
  output: z.enum(["up", "down"]),
  // @ts-expect-error a literal that is none of the schema's
  run: (n) => (n > 0 ? "up" : "left"),
});
defineRemote(import.meta, {
  name: "types/wrong-parameter",
  input: z.number(),
  output: z.number(),
  // @ts-expect-error a parameter of another type than the schema's
  run: (n: string) => n.length,
});
// @ts-expect-error no name
defineRemote(import.meta, { input: z.number(), output: z.number(), run: (n) => n });
// @ts-expect-error no schema of the output
defineRemote(import.meta, { name: "types/no-output", input: z.number(), run: (n) => n });
// @ts-expect-error a schema that is no Standard Schema
defineRemote(import.meta, { name: "types/no-schema", input: { parse: Number }, output: z.number(), run: () => 1 });
// @ts-expect-error a path instead of import.meta
defineRemote("roots.ts", { name: "types/no-meta", input: z.number(), output: z.number(), run: (n) => n });

// Transforming schemas: the caller gives what goes into the input's schema, gets what goes into the output's.
export const transforming = defineRemote(import.meta, {
  name: "types/transforming",
  input: z.string().transform(Number),
  output: z.number().transform(String),
  run: (n) => {
    same<typeof n, number>();
    return n * 2;
  },
});
same<RemoteInput<typeof transforming>, string>();
same<RemoteOutput<typeof transforming>, number>();
export const doubled: Promise<number> = call(transforming, "21");
// @ts-expect-error what comes out of the input's schema is not what goes in
void call(transforming, 21);

// Any Standard Schema will do.
declare const word: StandardSchemaV1<string, { readonly word: string }>;
export const any = defineRemote(import.meta, {
  name: "types/any-schema",
  input: word,
  output: word,
  run: (input) => input.word,
});
same<RemoteInput<typeof any>, string>();
same<RemoteOutput<typeof any>, string>();

// What is known of a function, less and less.
export const known: RemoteFunction<typeof bracket.input, typeof bracket.output> = bracket;
export const unknown: AnyRemoteFunction = bracket;
// @ts-expect-error nobody knows what a function takes that was found by its name
unknown.run({ n: 2 }, {});
// @ts-expect-error a function does not change
bracket.name = "other";
