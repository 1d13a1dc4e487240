// The terminal as a screen: one picture after the other in place, keys as they are pressed, and all as it was at the end or while Ctrl-Z stops us.
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

/** As kill(2) has it: this process and whatever was started with it, as the terminal itself would. */
const OWN_GROUP = 0;
/** Without a shell that waits for jobs the kernel stops nobody: whoever still runs by then goes on. */
const STOPPED_WITHIN_MS = 100;

/** `onKey` hears names like `q`, `space`, `left`, `ctrl-c`; `redraw` is called when there is another size, or nothing on the screen any more. */
export function openScreen(stdin: ReadStream, stdout: WriteStream, onKey: (key: string) => void, redraw: () => void): Screen {
  // A serial console tells no size.
  stdout.columns ||= 80;
  stdout.rows ||= 24;
  const update = createLogUpdate(stdout);
  let unstopped: NodeJS.Timeout | undefined;
  const take = (): void => {
    stdout.write(ansiEscapes.enterAlternativeScreen + ansiEscapes.clearViewport + ansiEscapes.cursorHide);
    stdin.setRawMode(true);
    stdin.resume();
  };
  const giveBack = (): void => {
    update.done();
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write(ansiEscapes.exitAlternativeScreen + ansiEscapes.cursorShow);
  };
  const suspend = (): void => {
    giveBack();
    process.kill(OWN_GROUP, "SIGTSTP");
    unstopped = setTimeout(goOn, STOPPED_WITHIN_MS);
  };
  // Also when somebody else has stopped us: the shell has had the terminal meanwhile.
  const goOn = (): void => {
    clearTimeout(unstopped);
    update.done();
    stdin.setRawMode(false);
    take();
    redraw();
  };
  const hearKey = (text: string | undefined, key: { readonly name?: string; readonly ctrl?: boolean }): void => {
    const name = key.name ?? text ?? "";
    if (key.ctrl === true && name === "z") suspend();
    else onKey(key.ctrl === true ? `ctrl-${name}` : name);
  };
  const close = (): void => {
    process.off("exit", close);
    process.off("SIGCONT", goOn);
    clearTimeout(unstopped);
    stdin.off("keypress", hearKey);
    stdout.off("resize", redraw);
    giveBack();
  };
  // However the program ends, the terminal must be of use afterwards.
  process.on("exit", close);
  process.on("SIGCONT", goOn);
  emitKeypressEvents(stdin);
  stdin.on("keypress", hearKey);
  stdout.on("resize", redraw);
  take();
  return { size: () => ({ columns: stdout.columns, rows: stdout.rows }), draw: (text) => update(text), close };
}
