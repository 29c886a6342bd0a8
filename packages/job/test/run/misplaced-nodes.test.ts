import { expect, test } from "vitest";
import { MisplacedNodes } from "../../src/run/misplaced-nodes.ts";

const PLACE = { directory: "/home/alice", why: "ENOENT" };

function nodes(): { readonly misplaced: MisplacedNodes<string>; readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    misplaced: new MisplacedNodes<string>({
      use: (node, note) => heard.push(`${node} is used: ${note}`),
      leaveOut: (node, reason) => heard.push(`${node} is left out: ${reason}`),
    }),
  };
}

const out = (node: string): string =>
  `${node} is left out: the program's directory can't be entered there, as it can on other nodes: ENOENT`;
const used = (node: string): string =>
  `${node} is used: workers run in /home/alice, because the program's directory can't be entered there: ENOENT`;

test("a node is left out as soon as another one has entered the directory, whichever comes first", () => {
  const { misplaced, heard } = nodes();
  misplaced.add("n2", PLACE);
  expect(heard).toEqual([]);
  misplaced.entered();
  misplaced.add("n4", PLACE);
  misplaced.decide();
  expect(heard).toEqual([out("n2"), out("n4")]);
});

test("where none has, all are used, also those that come later; until one has", () => {
  const { misplaced, heard } = nodes();
  misplaced.add("n2", PLACE);
  misplaced.add("n3", PLACE);
  misplaced.decide();
  misplaced.add("n4", PLACE);
  expect(heard).toEqual([used("n2"), used("n3"), used("n4")]);
  misplaced.entered();
  misplaced.add("n5", PLACE);
  expect(heard.slice(3)).toEqual([out("n5")]);
});
