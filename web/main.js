// @ts-check
/** The page: joins the parts. What comes over the WebSocket goes to picture and sound; what they show is measured and said back once a second. */

import { Connection } from "./connection.js";
import { wireControls } from "./controls.js";
import { Graph } from "./graphs.js";
import { parseMedia, parseText } from "./messages.js";
import { Picture } from "./picture.js";
import { wordsFor } from "./player-state.js";
import { isProbing, luminanceMeter, Probe } from "./probe.js";
import { Shown } from "./shown.js";
import { Sound } from "./sound.js";
import { Waveform } from "./waveform.js";

const MEASURE_EVERY_MS = 1000;
/** Reports in a row, one a second, in which packets were lost and no picture came: fewer are a dropout. */
const HOPELESS_REPORTS = 3;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 */
function part(id, kind) {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${id}`);
}

const canvas = part("picture", HTMLCanvasElement);
const player = part("player", HTMLElement);
const list = part("graphs", HTMLUListElement);
const strip = part("strip", HTMLCanvasElement);
const texts = {
  title: part("title", HTMLElement),
  state: part("state", HTMLElement),
  message: part("message", HTMLElement),
  sound: part("sound-message", HTMLElement),
};
const hear = part("hear", HTMLButtonElement);

/** @type {import("./player-state.js").ConnectionState} */
let connectionState = "connecting";
/** @type {import("./messages.js").StateMessage | null} */
let receiver = null;
/** @type {import("./messages.js").FormMessage | null} */
let form = null;
let isStale = true;
let lossyReports = 0;

const probe = new Probe();
const shown = new Shown();
const waveform = new Waveform(strip);
const connection = new Connection(`${location.origin.replace("http", "ws")}/stream`, {
  bytes: (bytes) => hearMedia(bytes),
  text: (text) => hearText(text),
  state: (state) => {
    connectionState = state;
    if (state === "lost") {
      receiver = null;
      picture.clear();
    }
    say();
  },
});
const picture = new Picture(canvas, {
  clock: connection,
  luminance: isProbing() ? luminanceMeter() : null,
  onShown: (one) => {
    shown.picture(one);
    probe.picture(one);
  },
});
const sound = new Sound(connection, {
  state: () => say(),
  played: (played) => {
    const { report, senderMs, playedAtMs } = played;
    if (senderMs !== null && playedAtMs !== null) shown.sound(senderMs, playedAtMs);
    probe.sound(played, form?.audio?.sampleRateHz ?? 1);
    waveform.push(report.low, report.high);
  },
});
const graphs = {
  loss: new Graph(list, {
    name: "Loss",
    unit: "%",
    digits: 1,
    least: 1,
    canBeNegative: false,
    hint: "Packets of the last second that did not come",
  }),
  repaired: new Graph(list, {
    name: "Repaired",
    unit: "%",
    digits: 1,
    least: 1,
    canBeNegative: false,
    hint: "Packets that did not come, were asked for, and came in the last second",
  }),
  jitter: new Graph(list, {
    name: "Jitter",
    unit: "ms",
    digits: 1,
    least: 5,
    canBeNegative: false,
    hint: "How unevenly packets come (RFC 3550)",
  }),
  buffer: new Graph(list, {
    name: "Buffer",
    unit: "ms",
    digits: 0,
    least: 100,
    canBeNegative: false,
    hint: "Media that waits for its time in the receiver",
  }),
  lateness: new Graph(list, {
    name: "Lateness",
    unit: "ms",
    digits: 0,
    least: 20,
    canBeNegative: true,
    hint: "How long after its time a picture comes out of this page",
  }),
  skew: new Graph(list, {
    name: "A/V skew",
    unit: "ms",
    digits: 1,
    least: 40,
    canBeNegative: true,
    hint: "Sound before picture in this page; negative: after",
  }),
};

/** @param {ArrayBuffer} bytes */
function hearMedia(bytes) {
  const message = parseMedia(bytes);
  if (message?.kind === "picture") picture.push(message);
  else if (message?.kind === "sound") sound.push(message);
  picture.drawIfHidden();
}

/** @param {string} text */
function hearText(text) {
  const message = parseText(text);
  if (message === null) return;
  if (message.kind === "pong") connection.pong(message);
  else if (message.kind === "report") {
    graphs.loss.push(message.expected === 0 ? null : (100 * message.lost) / message.expected);
    graphs.repaired.push(message.expected === 0 ? null : (100 * message.repaired) / message.expected);
    graphs.jitter.push(message.jitterMs);
    graphs.buffer.push(message.bufferMs);
    lossyReports = message.lost > 0 && picture.receivedFps === 0 ? lossyReports + 1 : 0;
    say();
  } else {
    if (message.kind === "form") {
      form = message;
      void sound.start(message.audio);
    } else receiver = message;
    say();
  }
}

/** @returns {import("./player-state.js").SoundFact} */
function soundFact() {
  if (form === null) return "unknown";
  if (form.audio === null) return form.onLoudspeaker ? "loudspeaker" : "none";
  return sound.state;
}

function say() {
  const words = wordsFor({
    connection: connectionState,
    receiver,
    hasVideo: form?.video ?? true,
    isLosingAll: lossyReports >= HOPELESS_REPORTS,
    sound: soundFact(),
  });
  texts.title.textContent = form?.title ?? "";
  // Tabs of several channels are told apart by it.
  document.title = form === null || form.title === "" ? "RECEIVING VIDEO" : `${form.title} – RECEIVING VIDEO`;
  player.dataset["tone"] = words.tone;
  player.dataset["stale"] = String(words.isStale);
  player.dataset["sound"] = soundFact();
  document.documentElement.dataset["tone"] = words.tone;
  setText(texts.state, words.short);
  setText(texts.message, words.text);
  setText(texts.sound, words.soundText);
  hear.hidden = !words.needsClick;
  strip.hidden = form !== null && form.audio === null;
  probe.soundState = sound.state;
  if (words.isStale !== isStale) picture.redraw();
  isStale = words.isStale;
}

/** Only what is new: a screen reader says it again otherwise. @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let measuredMs = performance.now();
function measure() {
  const nowMs = performance.now();
  const one = shown.take(nowMs - measuredMs);
  measuredMs = nowMs;
  probe.overtaken = picture.overtaken;
  connection.send({ kind: "shown", ...one });
  if (connectionState === "open") {
    graphs.lateness.push(one.latenessMs);
    graphs.skew.push(one.skewMs);
  } else for (const graph of Object.values(graphs)) graph.push(null);
  // The FPS of a host that is away goes to zero.
  if (isStale) picture.redraw();
}

wireControls(
  {
    player,
    canvas,
    hear,
    video: part("floating", HTMLVideoElement),
    mute: part("mute", HTMLButtonElement),
    volume: part("volume", HTMLInputElement),
    panel: part("panel", HTMLElement),
    panelButton: part("panel-button", HTMLButtonElement),
    fullScreen: part("full-screen", HTMLButtonElement),
    pictureInPicture: part("picture-in-picture", HTMLButtonElement),
    help: part("help", HTMLDialogElement),
    helpButton: part("help-button", HTMLButtonElement),
  },
  {
    setVolume: (volume) => sound.setVolume(volume),
    wake: () => void sound.wake(),
    panelOpened: () => Object.values(graphs).forEach((graph) => graph.draw()),
  },
);
Object.assign(window, { streamerdProbe: probe });
new ResizeObserver(() => Object.values(graphs).forEach((graph) => graph.draw())).observe(list);
setInterval(measure, MEASURE_EVERY_MS);
picture.run();
connection.open();
say();
