/** A program of CommonJS, whose functions are in a module: a promise that nobody awaits. Arguments: its directory. */
const { programInfo, remoteEval, runJobLocal } = require("../../../src/index.ts");
const { picky } = require("./picky.ts");

async function main() {
  await runJobLocal(programInfo(process.argv[2]), remoteEval(picky, { x: -1, ms: 0 }), { cpus: 1 });
}

void main();
