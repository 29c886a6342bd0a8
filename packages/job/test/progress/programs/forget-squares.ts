/** A program as people write it: removes the squares of large numbers. Arguments: its directory, the least number whose square stays no longer. */
import { forget, programInfo, runJobLocal } from "../../../src/index.ts";
import { squares } from "./slow-squares.ts";

const [dir = "out", least] = process.argv.slice(2);
await runJobLocal(
  programInfo(dir),
  forget(squares, ({ x }) => x >= Number(least)),
);
