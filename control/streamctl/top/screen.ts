// The terminal as a screen: one picture after the other in place, keys as they are pressed, and all as it was at the end.
import { emitKeypressEvents } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import ansiEscapes from "ansi-escapes";
import { createLogUpdate } from "log-update";
import type { ScreenSize } from "./view.ts";

export type Screen = {
  readonly size: () => ScreenSize;
  /** At most as many lines as the screen has. */
  readonly draw: (text: string) => void;
  /** Puts the terminal back as it was. */
  readonly close: () => void;
};

/** `onKey` hears names like `q`, `space`, `left`, `ctrl-c`; `onResize`, that there is another size. */
export function openScreen(stdin: ReadStream, stdout: WriteStream, onKey: (key: string) => void, onResize: () => void): Screen {
  // A serial console tells no size.
  stdout.columns ||= 80;
  stdout.rows ||= 24;
  const update = createLogUpdate(stdout);
  const hearKey = (text: string | undefined, key: { readonly name?: string; readonly ctrl?: boolean }): void => {
    const name = key.name ?? text ?? "";
    onKey(key.ctrl === true ? `ctrl-${name}` : name);
  };
  const close = (): void => {
    process.off("exit", close);
    stdin.off("keypress", hearKey);
    stdout.off("resize", onResize);
    update.done();
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write(ansiEscapes.exitAlternativeScreen + ansiEscapes.cursorShow);
  };
  // However the program ends, the terminal must be of use afterwards.
  process.on("exit", close);
  stdout.write(ansiEscapes.enterAlternativeScreen + ansiEscapes.cursorHide + ansiEscapes.cursorTo(0, 0));
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on("keypress", hearKey);
  stdout.on("resize", onResize);
  return { size: () => ({ columns: stdout.columns, rows: stdout.rows }), draw: (text) => update(text), close };
}
