import { expect, it } from "vitest";
import { parseGres } from "../src/node-gres.ts";

it.each([
  ["gpu:2(IDX:0-1)", "gpu:2"],
  ["gpu:a100:2(IDX:0-1),gpu:v100:1(IDX:2)", "gpu:3"],
  ["gpu:a100_1g.5gb:1(IDX:0),nvme:1", "gpu:1,nvme:1"],
  ["gpu:2(IDX:0,2),shard:2(1/4,1/4)", "gpu:2,shard:2"],
  ["bandwidth:lustre:4G,gpu:1(IDX:N/A)", "bandwidth:lustre:4G,gpu:1"],
  ["", ""],
  ["(null)", ""],
])("%j is asked for as %j", (printed, asked) => {
  expect(parseGres(printed)).toBe(asked);
});
