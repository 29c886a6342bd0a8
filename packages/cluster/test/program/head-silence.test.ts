import { describe, expect, test } from "vitest";
import { HeadSilence } from "../../src/program/head-silence.ts";

describe("the silence of a head", () => {
  test("is told once, after 30 s without a new report, and so is that it reports again", () => {
    const silence = new HeadSilence();
    const told = [];
    for (let seconds = 0; seconds < 200; seconds++) {
      // It reports every 5 s, and is silent from 50 s to 120 s.
      const heard = seconds < 50 || seconds >= 120 ? seconds : 49;
      const news = silence.look({ runs: true, report: Math.floor(heard / 5) }, 1_000 * seconds);
      if (news !== undefined) told.push([seconds, news]);
    }
    expect(told).toEqual([
      [75, { kind: "silent", afterMs: 30_000 }],
      [120, { kind: "heard-again", afterMs: 75_000 }],
    ]);
  });

  test("is no matter while its job waits or is suspended, whatever it has reported before", () => {
    const silence = new HeadSilence();
    for (let seconds = 0; seconds < 600; seconds++) {
      const runs = seconds < 20 || (seconds >= 300 && seconds < 320);
      const report = runs ? seconds : 19;
      expect(silence.look({ runs, report }, 1_000 * seconds)).toBeUndefined();
    }
  });

  test("before its first report is told after a minute", () => {
    const silence = new HeadSilence();
    silence.look({ runs: false, report: undefined }, 0);
    silence.look({ runs: true, report: undefined }, 1_000);
    expect(silence.look({ runs: true, report: undefined }, 60_000)).toBeUndefined();
    expect(silence.look({ runs: true, report: undefined }, 61_000)).toEqual({ kind: "not-begun", afterMs: 60_000 });
    expect(silence.look({ runs: true, report: undefined }, 90_000)).toBeUndefined();
    expect(silence.look({ runs: true, report: 1 }, 95_000)).toEqual({ kind: "begun", afterMs: 94_000 });
  });
});
