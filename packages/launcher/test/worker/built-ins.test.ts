import { encodeValue } from "@hyperion-ts/wire";
import { expect, test } from "vitest";
import { BuiltIns, ENCODED_SAMPLE, SAMPLE } from "../../src/worker/built-ins.ts";

test("the encoded sample that a worker is tried out with is what the codec makes of the sample", () => {
  expect(Buffer.from(encodeValue(SAMPLE)).toString("base64")).toBe(Buffer.from(ENCODED_SAMPLE).toString("base64"));
});

test("our own code works behind a built-in function that is another one and does the same, and fails behind one that does not", () => {
  const builtIns = new BuiltIns();
  const { shift } = Array.prototype;
  // The test's own code needs arrays that work.
  const damageWith = (other: (this: unknown[]) => unknown): Error | undefined => {
    Reflect.set(Array.prototype, "shift", other);
    try {
      return builtIns.damage();
    } finally {
      Reflect.set(Array.prototype, "shift", shift);
    }
  };
  expect(
    damageWith(function same() {
      return shift.call(this);
    }),
  ).toBeUndefined();
  expect(damageWith(() => undefined)?.message).toBe("arrays don't work");
});
