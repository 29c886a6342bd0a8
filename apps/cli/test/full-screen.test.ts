/** The whole screen of a terminal, and where keys lead. */
import { FakeTerminal } from "@hyperion-ts/fake-terminal";
import { expect, test } from "vitest";
import { FullScreen } from "../src/screen/full-screen.ts";
import { afterKey, type ViewState } from "../src/screen/view-state.ts";

class CountedTerminal extends FakeTerminal {
  written = "";
  override write(text: string): boolean {
    this.written += text;
    return super.write(text);
  }
}

test("writes only lines that are others than before, and leaves what was there", () => {
  const terminal = new CountedTerminal(20, 5);
  terminal.write("$ hyperion\n");
  const screen = new FullScreen(terminal);
  screen.draw(["nobody has the terminal"]);
  screen.enter();
  screen.draw(["one", "two", "three"]);
  expect(terminal.text).toBe("one\ntwo\nthree");
  terminal.written = "";
  screen.draw(["one", "2", "three"]);
  expect(terminal.text).toBe("one\n2\nthree");
  expect(terminal.written).toBe("\x1b[2;1H2\x1b[K");
  screen.draw(["one", "2", "three"]);
  expect(terminal.written).toBe("\x1b[2;1H2\x1b[K");
  screen.draw(["one"]);
  expect(terminal.text).toBe("one");
  screen.clear();
  screen.draw(["one"]);
  expect(terminal.text).toBe("one");
  screen[Symbol.dispose]();
  expect(terminal.text).toBe("$ hyperion");
  expect(terminal.isAlternate).toBe(false);
});

test("keys lead to pages and lines that there are", () => {
  const room = { pages: 3, rows: 10, lines: 25 };
  const after = (...keys: readonly string[]): ViewState | "quit" =>
    keys.reduce<ViewState | "quit">((state, key) => (state === "quit" ? state : afterKey(state, key, room)), {
      page: 0,
      offset: 0,
      help: false,
    });
  const at = (page: number, offset: number, help = false): ViewState => ({ page, offset, help });
  expect(after("up", "pageup")).toEqual(at(0, 0));
  expect(after("down", "pagedown")).toEqual(at(0, 11));
  expect(after("end", "pagedown")).toEqual(at(0, 15));
  expect(after("end", "home")).toEqual(at(0, 0));
  expect(after("end", "tab")).toEqual(at(1, 0));
  expect(after("shift-tab")).toEqual(at(2, 0));
  expect(after("3", "tab")).toEqual(at(0, 0));
  expect(after("4", "0", "x")).toEqual(at(0, 0));
  expect(after("?", "down")).toEqual(at(0, 0));
  expect(after("?")).toEqual(at(0, 0, true));
  expect(after("?", "q")).toBe("quit");
});
