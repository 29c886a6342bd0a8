import { expect, test } from "vitest";
import { GroupCommit } from "../src/group-commit.ts";

test("rows of one tick share a transaction", async () => {
  const groups: (readonly number[])[] = [];
  const commits = new GroupCommit<number>((rows) => groups.push(rows));
  await Promise.all([1, 2, 3].map((row) => commits.add(row)));
  expect(groups).toEqual([[1, 2, 3]]);
});

test("no row is acknowledged before the write of its group has returned", async () => {
  const order: string[] = [];
  const commits = new GroupCommit<string>(() => {
    order.push("writing");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    order.push("written");
    return 20;
  });
  const add = async (row: string): Promise<void> => {
    await commits.add(row);
    order.push(`acknowledged ${row}`);
  };
  await Promise.all([add("a"), add("b")]);
  await add("c");
  expect(order).toEqual([
    "writing",
    "written",
    "acknowledged a",
    "acknowledged b",
    "writing",
    "written",
    "acknowledged c",
  ]);
});

test("all rows of a failing group are rejected with its error, and later rows are tried anew", async () => {
  let failing = true;
  const commits = new GroupCommit<number>(() => {
    if (failing) throw new Error("disk full");
    return 0;
  });
  const outcome = await Promise.allSettled([commits.add(1), commits.add(2)]);
  expect(outcome.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  failing = false;
  await commits.add(3);
});

test("flush writes at once, and a large backlog goes in several transactions", async () => {
  const sizes: number[] = [];
  const commits = new GroupCommit<number>((rows) => {
    sizes.push(rows.length);
    return 0;
  });
  const added = Promise.all(Array.from({ length: 5000 }, (_, row) => commits.add(row)));
  commits.flush();
  expect(sizes).toEqual([2048, 2048, 904]);
  await added;
});

test("while one commit is rested from, the rows that arrive make up one group", async () => {
  const groups: (readonly number[])[] = [];
  const commits = new GroupCommit<number>((rows) => {
    groups.push(rows);
    return 5;
  });
  await commits.add(0);
  const later = [commits.add(1)];
  await new Promise((resolve) => setImmediate(resolve));
  later.push(commits.add(2));
  await Promise.all(later);
  expect(groups).toEqual([[0], [1, 2]]);
});
