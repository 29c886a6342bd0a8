import { fstatSync, readSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PermitFile } from "../../src/agent/permit-file.ts";

/** What a worker does with the descriptor that it inherits: it begins one call. */
function beginOne(file: PermitFile): number | undefined {
  const byte = Buffer.alloc(1);
  return readSync(file.fd, byte, 0, 1, null) === 1 ? byte[0] : undefined;
}

function offer(file: PermitFile, calls: number): void {
  for (let i = 0; i < calls; i++) file.count();
  file.offer();
}

test("each call that is offered is begun once or taken back once, and bears the number of recalls before it", () => {
  const step = fc.oneof(
    fc.record({ offer: fc.integer({ min: 1, max: 5_000 }) }),
    fc.record({ begin: fc.integer({ min: 1, max: 50 }) }),
    fc.constant("takeBack" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      using file = new PermitFile();
      let waiting = 0;
      let begun = 0;
      let recalls = 0;
      for (const next of steps) {
        if (waiting === 0) file.renew();
        if (next === "takeBack") {
          expect(file.takeBack()).toBe(waiting);
          waiting = 0;
          recalls += 1;
        } else if ("offer" in next) {
          offer(file, next.offer);
          waiting += next.offer;
        } else {
          for (let i = 0; i < next.begin; i++) {
            expect(beginOne(file)).toBe(waiting > 0 ? recalls & 0xff : undefined);
            if (waiting > 0) begun += 1;
            waiting = Math.max(0, waiting - 1);
          }
        }
      }
      file.takeBack();
      expect(file.begun).toBe(begun);
    }),
    { numRuns: 50 },
  );
});

test("what was read gives its room back to the file system, and the file is full again only after as many calls", () => {
  using file = new PermitFile();
  let calls = 0;
  for (; !file.full; calls++) file.count();
  file.offer();
  file.takeBack();
  expect(fstatSync(file.fd).blocks * 512).toBeGreaterThanOrEqual(calls);
  file.renew();
  expect(fstatSync(file.fd).blocks).toBe(0);
  offer(file, 10);
  expect([fstatSync(file.fd).size, file.full]).toEqual([calls + 10, false]);
  expect(fstatSync(file.fd).blocks * 512).toBeLessThan(10_000);
  expect(file.takeBack()).toBe(10);
});
