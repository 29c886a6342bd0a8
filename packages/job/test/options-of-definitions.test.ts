/** Definitions of functions and maps refuse wrong parts when they are made, by name, with what is allowed. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineRemote, keyValMap } from "../src/index.ts";
import { NO_TEXT, refusal, refuses } from "./wrong-values.ts";

describe("a definition refuses", () => {
  const good = { name: "test/refused", input: z.number(), output: z.number(), run: (x: number) => x };
  const define = (part: object): unknown => defineRemote(import.meta, { ...good, ...part });

  test("what is no schema, at once, and not in the first call", async () => {
    const noSchema = { beyond: [], otherType: [undefined, null, {}, "number", () => true, { "~standard": {} }] };
    await refuses('defineRemote "test/refused": input', noSchema, (input) => define({ input }));
    await refuses('defineRemote "test/refused": output', noSchema, (output) => define({ output }));
    await refuses('keyValMap "m": key', noSchema, (key) => keyValMap("m", key as z.ZodNumber, z.number()));
    await refuses('keyValMap "m": value', noSchema, (value) => keyValMap("m", z.number(), value as z.ZodNumber));
  });

  test("a name that is none, a function that is none, and parts that there are not", async () => {
    await refuses("defineRemote: name", { ...NO_TEXT, otherType: [undefined, null, 5] }, (name) => define({ name }));
    await refuses('defineRemote "test/refused": run', { beyond: [], otherType: [undefined, null, "x => x"] }, (run) =>
      define({ run }),
    );
    await refuses("keyValMap: name", { beyond: [], otherType: [undefined, null, 5] }, (name) =>
      keyValMap(name as string, z.number(), z.number()),
    );
    await refuses("codec", { beyond: [], otherType: [null, "json"] }, (codec) =>
      keyValMap("m", z.number(), z.number(), { codec: codec as typeof JSON }),
    );
    expect((await refusal(() => define({ timeoutMs: 5 }))).message).toContain('has no option "timeoutMs"');
    expect((await refusal(() => keyValMap("m", z.number(), z.number(), { codek: JSON } as object))).message).toContain(
      "Did you mean codec?",
    );
    expect(
      (await refusal(() => keyValMap("m", z.number(), z.number(), { codec: { encode: String } as never }))).message,
    ).toContain("codec.decode must be a function");
  });
});
