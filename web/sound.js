// @ts-check
/** Sound: PCM in, out of the loudspeaker at its time. Owns the AudioContext, its clock and what a person must be told about it. */

import { median } from "./shown.js";

/** Ten readings a second; the middle of two seconds of them is steady to a fraction of a millisecond. */
const CLOCK_EVERY_MS = 100;
const MOST_CLOCK_READINGS = 20;
/** A context that runs and whose time stands still has no device behind it. */
const STILL_READINGS = 30;
/** Where the sender's time of lately received samples is remembered; the page is a fraction of a second behind. */
const MOST_PLACES = 512;

/**
 * @typedef {import("./player-state.js").SoundState} SoundState
 * @typedef {import("./sound-worklet.js").PlayedReport} PlayedReport
 * @typedef {{ report: PlayedReport, senderMs: number | null, playedAtMs: number | null }} Played `playedAtMs`: by the receiver's clock
 */

export class Sound {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {GainNode | null} */
  #gain = null;
  /** @type {AudioWorkletNode | null} */
  #worklet = null;
  /** @type {import("./messages.js").SoundForm | null} */
  #form = null;
  /** @type {number[]} context seconds minus page seconds, at the loudspeaker */
  #clockReadings = [];
  #stillReadings = 0;
  #stillSeconds = 0;
  #volume = 1;
  /** @type {SoundState} */
  #state = "starting";
  /** @type {{ firstSample: number, senderMs: number }[]} */
  #places = [];
  #on;
  #clock;

  /**
   * @param {{ toServerMs: (pageMs: number) => number | null, toPageMs: (serverMs: number) => number | null }} clock
   * @param {{ state: (state: SoundState) => void, played: (played: Played) => void }} on
   */
  constructor(clock, on) {
    this.#clock = clock;
    this.#on = on;
  }

  get state() {
    return this.#state;
  }

  /** From 0 to 1. @param {number} volume */
  setVolume(volume) {
    this.#volume = volume;
    // Loudness goes with the square of the slider rather than with the slider.
    this.#gain?.gain.setTargetAtTime(volume * volume, this.#context?.currentTime ?? 0, 0.01);
  }

  /** Begins anew if the form has changed. @param {import("./messages.js").SoundForm | null} form */
  async start(form) {
    if (this.#form?.sampleRateHz === form?.sampleRateHz && this.#form?.channels === form?.channels) return;
    this.#form = form;
    await this.#context?.close();
    this.#context = null;
    this.#worklet = null;
    if (form === null) return this.#setState("none");
    if (!isSecureContext) return this.#setState("insecure");
    this.#setState("starting");
    try {
      await this.#open(form);
    } catch {
      this.#setState("no device");
    }
  }

  /** After a click or a key: browsers let no page sound before. */
  async wake() {
    if (this.#context?.state === "suspended") await this.#context.resume();
  }

  /** @param {import("./messages.js").SoundMessage} message */
  push({ samples, firstSample, senderMs, playAtMs }) {
    this.#places = [...this.#places.slice(1 - MOST_PLACES), { firstSample, senderMs }];
    const pageMs = this.#clock.toPageMs(playAtMs);
    const aheadSeconds = median(this.#clockReadings);
    // A context that does not run would let the messages to it pile up.
    if (pageMs === null || aheadSeconds === null || this.#context?.state !== "running") return;
    this.#worklet?.port.postMessage({ samples, firstSample, seconds: pageMs / 1000 + aheadSeconds }, [samples.buffer]);
  }

  /** @param {import("./messages.js").SoundForm} form */
  async #open({ sampleRateHz, channels }) {
    const context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: "interactive" });
    this.#context = context;
    context.addEventListener("statechange", () => this.#look());
    context.addEventListener("error", () => this.#setState("no device"));
    await context.audioWorklet.addModule("/sound-worklet.js");
    const worklet = new AudioWorkletNode(context, "stream-sound", {
      numberOfInputs: 0,
      outputChannelCount: [channels],
      processorOptions: { channels },
    });
    worklet.port.addEventListener("message", (/** @type {MessageEvent<PlayedReport>} */ { data }) => this.#played(data));
    worklet.port.start();
    this.#gain = new GainNode(context, { gain: this.#volume * this.#volume });
    worklet.connect(this.#gain).connect(context.destination);
    this.#worklet = worklet;
    this.#clockReadings = [];
    const reading = setInterval(() => {
      if (context.state === "closed") clearInterval(reading);
      else this.#readClock(context);
    }, CLOCK_EVERY_MS);
    this.#look();
  }

  #look() {
    const state = this.#context?.state;
    if (state === "running") this.#setState("playing");
    else if (state === "suspended") this.#setState("blocked");
    // What is read after a pause has nothing to do with what was read before it.
    this.#clockReadings = [];
  }

  /** @param {AudioContext} context */
  #readClock(context) {
    if (context.state !== "running") return;
    const isStill = context.currentTime === this.#stillSeconds;
    this.#stillSeconds = context.currentTime;
    this.#stillReadings = isStill ? this.#stillReadings + 1 : 0;
    if (isStill) return this.#stillReadings >= STILL_READINGS ? this.#setState("no device") : undefined;
    this.#setState("playing");
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    const heard =
      performanceTime > 0 && contextTime > 0
        ? contextTime - performanceTime / 1000
        : context.currentTime - (context.outputLatency || context.baseLatency) - performance.now() / 1000;
    this.#clockReadings = [...this.#clockReadings.slice(1 - MOST_CLOCK_READINGS), heard];
  }

  /** @param {PlayedReport} report */
  #played(report) {
    const aheadSeconds = median(this.#clockReadings);
    const playedAtMs = aheadSeconds === null ? null : this.#clock.toServerMs((report.seconds - aheadSeconds) * 1000);
    this.#on.played({ report, senderMs: this.#senderMs(report.position), playedAtMs });
  }

  /** @param {number | null} position */
  #senderMs(position) {
    if (position === null || this.#form === null) return null;
    const place = this.#places.findLast(({ firstSample }) => firstSample <= position);
    return place === undefined ? null : place.senderMs + ((position - place.firstSample) * 1000) / this.#form.sampleRateHz;
  }

  /** @param {SoundState} state */
  #setState(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#on.state(state);
  }
}
