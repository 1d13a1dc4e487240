/** What a sender has still to answer, in order. Emptied at every wake-up; taking from it moves nothing. Pure. */

import type { SenderEvent, SenderOutput } from "./sender-types.ts";

export class OutputQueue {
  #outputs: SenderOutput[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#next === this.#outputs.length;
  }

  push(output: SenderOutput): void {
    this.#outputs.push(output);
  }

  tell(event: SenderEvent): void {
    this.push({ kind: "event", event });
  }

  take(): SenderOutput | null {
    const output = this.#outputs[this.#next];
    if (output !== undefined) this.#next++;
    else if (this.#next > 0) [this.#outputs, this.#next] = [[], 0];
    return output ?? null;
  }
}
