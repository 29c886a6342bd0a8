import { cp, mkdtempDisposable } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runProgram } from "./run-program.ts";

describe("a second definition of a name", () => {
  it("from another file throws when that module loads, and names both files", async () => {
    const printed = await runProgram(`
      import { DuplicateNameError } from "./src/index.ts";
      await import("./test/modules/square.ts");
      await import("./test/modules/other-square.ts").catch((error) => console.log(error instanceof DuplicateNameError, error.code, error.message));
    `);
    expect(printed).toMatch(
      /^true duplicate-name Two modules define the remote function "test\/square": file:\S+\/modules\/square\.ts and file:\S+\/modules\/other-square\.ts\. Rename one/,
    );
  });

  it("in the same file throws too", async () => {
    const printed = await runProgram(
      `await import("./test/modules/square-and-cube.ts").catch((error) => console.log(error.message));`,
    );
    expect(printed).toMatch(
      /^The module file:\S+\/square-and-cube\.ts defines the remote function "test\/power" twice\. Rename one/,
    );
  });

  it("by the same file that is loaded again is the new one", async () => {
    const printed = await runProgram(`
      import { findRemote } from "./src/index.ts";
      const modules = [];
      for (const suffix of ["", "", "?again", "?v=2#part"]) modules.push(await import("./test/modules/square.ts" + suffix));
      console.log(new Set(modules.map(({ square }) => square)).size, findRemote("test/square") === modules[3].square);
    `);
    expect(printed).toBe("3 true\n");
  });
});

describe("functions are found by their names", () => {
  it("once their module is loaded", async () => {
    const printed = await runProgram(`
      import { defineRemote, findRemote, remoteNames } from "./src/index.ts";
      console.log(remoteNames(), findRemote("test/square"));
      const { square } = await import("./test/modules/square.ts");
      defineRemote(import.meta, { ...square, name: "test/a" });
      console.log(remoteNames(), findRemote("test/square") === square, square.module.endsWith("/test/modules/square.ts"));
    `);
    expect(printed).toBe("[] undefined\n[ 'test/a', 'test/square' ] true true\n");
  });

  it("also when two copies of this package are in the program", async () => {
    await using folder = await mkdtempDisposable(join(import.meta.dirname, "copy-"));
    await cp(join(import.meta.dirname, "../src"), join(folder.path, "src"), { recursive: true });
    const printed = await runProgram(`
      import * as here from "./src/index.ts";
      import * as copy from ${JSON.stringify(join(folder.path, "src/index.ts"))};
      const { square } = await import("./test/modules/square.ts");
      console.log(here.findRemote !== copy.findRemote, copy.findRemote("test/square") === square);
      try {
        copy.defineRemote({ url: "file:///elsewhere.ts" }, { ...square });
      } catch (error) {
        console.log(error.code, error.message.includes("file:///elsewhere.ts"));
      }
      copy.enterWorker();
      try {
        here.refuseInWorker("runJobLocal");
      } catch (error) {
        console.log(error.code);
      }
    `);
    expect(printed).toBe("true true\nduplicate-name true\nprogram-in-worker\n");
  });
});

it("importing this package loads nothing else", async () => {
  const printed = await runProgram(`
    const before = new Set(process.moduleLoadList);
    await import("./src/index.ts");
    console.log(process.moduleLoadList.filter((name) => !before.has(name) && !name.startsWith("Internal")));
  `);
  expect(printed).toBe("[]\n");
});
