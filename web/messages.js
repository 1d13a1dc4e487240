// @ts-check
/** What comes over the WebSocket, as receiver/sinks/viewer/messages.ts builds it. Whatever is not whole is null, and left out. */

const PICTURE = 1;
const SOUND = 2;
const PICTURE_HEADER_BYTES = 24;
const SOUND_HEADER_BYTES = 32;

/**
 * @typedef {{ kind: "picture", width: number, height: number, senderMs: number, showAtMs: number, jpeg: Blob }} PictureMessage
 * @typedef {{ kind: "sound", channels: number, lostSamples: number, senderMs: number, playAtMs: number, firstSample: number, samples: Int16Array<ArrayBuffer> }} SoundMessage
 * @typedef {{ sampleRateHz: number, channels: number }} SoundForm
 * @typedef {{ kind: "form", title: string, video: boolean, audio: SoundForm | null, onLoudspeaker: boolean }} FormMessage
 * @typedef {{ kind: "state", state: "waiting" | "playing" | "paused" | "away", text: string }} StateMessage
 * @typedef {{ kind: "report", lost: number, expected: number, repaired: number, late: number, jitterMs: number, bufferMs: number, skewMs: number }} ReportMessage
 * @typedef {{ kind: "pong", pageMs: number, serverMs: number }} PongMessage
 */

/**
 * @param {ArrayBuffer} bytes
 * @returns {PictureMessage | SoundMessage | null}
 */
export function parseMedia(bytes) {
  if (bytes.byteLength < PICTURE_HEADER_BYTES) return null;
  const view = new DataView(bytes);
  const senderMs = view.getFloat64(8, true);
  const atMs = view.getFloat64(16, true);
  if (view.getUint8(0) === PICTURE) {
    const [width, height] = [view.getUint16(4, true), view.getUint16(6, true)];
    if (width === 0 || height === 0) return null;
    const jpeg = new Blob([new Uint8Array(bytes, PICTURE_HEADER_BYTES)], { type: "image/jpeg" });
    return { kind: "picture", width, height, senderMs, showAtMs: atMs, jpeg };
  }
  if (view.getUint8(0) !== SOUND || bytes.byteLength < SOUND_HEADER_BYTES || bytes.byteLength % 2 !== 0) return null;
  return {
    kind: "sound",
    channels: view.getUint8(1),
    lostSamples: view.getUint32(4, true),
    senderMs,
    playAtMs: atMs,
    firstSample: view.getFloat64(24, true),
    // Browsers run on little-endian machines only, as typed arrays have made sure.
    samples: new Int16Array(bytes, SOUND_HEADER_BYTES),
  };
}

/**
 * @param {string} text
 * @returns {FormMessage | StateMessage | ReportMessage | PongMessage | null}
 */
export function parseText(text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  const fields = new Map(Object.entries(value));
  const { kind } = value;
  if (kind === "pong") return { kind, pageMs: number(fields, "pageMs"), serverMs: number(fields, "serverMs") };
  if (kind === "form")
    return {
      kind,
      title: string(fields, "title"),
      video: fields.get("video") === true,
      audio: soundForm(fields.get("audio")),
      onLoudspeaker: fields.get("onLoudspeaker") === true,
    };
  if (kind === "state") return { kind, state: stateKind(fields.get("state")), text: string(fields, "text") };
  if (kind !== "report") return null;
  return {
    kind,
    lost: number(fields, "lost"),
    expected: number(fields, "expected"),
    repaired: number(fields, "repaired"),
    late: number(fields, "late"),
    jitterMs: number(fields, "jitterMs"),
    bufferMs: number(fields, "bufferMs"),
    skewMs: number(fields, "skewMs"),
  };
}

/**
 * @param {unknown} value
 * @returns {SoundForm | null}
 */
function soundForm(value) {
  if (typeof value !== "object" || value === null) return null;
  const fields = new Map(Object.entries(value));
  return { sampleRateHz: number(fields, "sampleRateHz"), channels: number(fields, "channels") };
}

/**
 * @param {unknown} value
 * @returns {StateMessage["state"]}
 */
function stateKind(value) {
  return value === "playing" || value === "paused" || value === "away" ? value : "waiting";
}

/**
 * @param {ReadonlyMap<string, unknown>} fields
 * @param {string} name
 */
function number(fields, name) {
  const value = fields.get(name);
  return typeof value === "number" ? value : 0;
}

/**
 * @param {ReadonlyMap<string, unknown>} fields
 * @param {string} name
 */
function string(fields, name) {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
