import { expect, test } from "vitest";
import type { Waiter } from "../src/index.ts";
import { World } from "./world.ts";

test("lets a callback ask, release and cancel, and calls back in order from one loop", () => {
  const world = new World({ n1: 1 });
  let left = 10_000;
  world.hook = (_, lease) => {
    left -= 1;
    if (left > 0) world.ask(`r${left}`, 1);
    lease.release();
  };
  world.ask("r10000", 1);
  expect(world.log.length).toBe(10_000);
  expect(world.log.at(-1)).toBe("r1 on n1");
});

test("takes back what was decided but not yet told when its caller cancels", () => {
  const world = new World({ n1: 3 }).ask("held", 3).ask("a", 1).ask("b", 1).ask("c", 1);
  world.hook = (id) => {
    if (id === "a") world.cancel("b");
  };
  world.release("held");
  expect(world.news()).toEqual(["held on n1", "a on n1", "c on n1"]);
  expect(world.pool.snapshot().nodes[0]?.cpus.idle).toBe(1);
});

test("puts back into line whose node is lost before it was told", () => {
  const world = new World({ n1: 2, n2: 1 }).ask("held", 2).ask("other", 1).ask("a", 1).ask("b", 1);
  world.hook = (id) => {
    if (id === "a") world.pool.removeNode("n1", "gone");
  };
  world.release("held");
  expect(world.tickets.get("b")?.state).toBe("waiting");
  expect(world.leases.get("a")?.state).toBe("lost");
  world.news();
  expect(world.release("other").news()).toEqual(["b on n2"]);
});

test("tells everyone else when one callback throws, and then throws its error", () => {
  const world = new World({ n1: 2 }).ask("held", 2);
  const broken: Waiter = {
    granted: () => {
      throw new Error("broken waiter");
    },
    refused: () => {},
  };
  world.pool.enqueue({ cpus: 1 }, broken);
  world.ask("b", 1);
  expect(() => world.release("held")).toThrow("broken waiter");
  expect(world.news()).toEqual(["held on n1", "b on n1"]);
});
