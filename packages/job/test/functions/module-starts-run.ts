/** A program without `if (import.meta.main)`, as a worker sees it that imports it. */
import { programInfo, pure, runJobLocal } from "../../src/index.ts";

await runJobLocal(programInfo("/nowhere"), pure(1));
