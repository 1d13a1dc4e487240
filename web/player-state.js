// @ts-check
/** What a person is told: from what the page knows of the connection, the receiver and the sound, to words. Pure. */

/**
 * @typedef {"connecting" | "open" | "lost" | "refused" | "full"} ConnectionState
 * @typedef {"none" | "starting" | "playing" | "blocked" | "insecure" | "no device"} SoundState
 * @typedef {SoundState | "unknown" | "loudspeaker"} SoundFact `loudspeaker`: not this page but the receiver's host plays it
 * @typedef {{ connection: ConnectionState, receiver: { state: "waiting" | "playing" | "paused" | "away", text: string } | null,
 *   hasVideo: boolean, isLosingAll: boolean, sound: SoundFact }} Facts `isLosingAll`: packets come, and no whole picture
 * @typedef {{ tone: "good" | "calm" | "bad", short: string, text: string, isStale: boolean, soundText: string, needsClick: boolean }} Words
 *   `short`: in the corner. `text`: over the picture; empty: nothing. `isStale`: the picture is no longer what is being sent.
 */

/**
 * @param {Facts} facts
 * @returns {Words}
 */
export function wordsFor(facts) {
  const { sound, hasVideo } = facts;
  const picture = pictureWords(facts);
  // The button would cover what is said over an old picture on a narrow screen; a click anywhere is as good.
  return { ...picture, soundText: soundWords(sound, hasVideo), needsClick: sound === "blocked" && !picture.isStale };
}

/** @param {Facts} facts */
function pictureWords({ connection, receiver, hasVideo, isLosingAll }) {
  if (connection === "lost") {
    return words(
      "bad",
      "no receiver",
      "The connection to the receiver is lost. This page tries again by itself; if streamctl has ended, start it again.",
      true,
    );
  }
  if (connection === "refused")
    return words("bad", "link needed", "The receiver has been started anew: open the link that streamctl has printed.", true);
  if (connection === "full")
    return words(
      "bad",
      "too many pages",
      "The receiver has as many pages open as it can serve: close one, and this one begins by itself.",
      true,
    );
  if (connection === "connecting" || receiver === null) return words("calm", "connecting", "Connecting to the receiver …", true);
  if (receiver.state === "waiting") return words("calm", "waiting", receiver.text || "Waiting for the group …", true);
  if (receiver.state === "away") return words("bad", "host away", receiver.text || "The host is away. This is its last picture.", true);
  if (isLosingAll && hasVideo) {
    const text = "So many packets are lost on the way that no picture is whole. With --transport tcp streamctl gets them all.";
    return words("bad", "packets lost", text, true);
  }
  if (receiver.state === "paused") return words("calm", "paused", "", false);
  return words("good", "playing", hasVideo ? "" : "This channel has sound and no picture.", false);
}

/**
 * @param {Words["tone"]} tone
 * @param {string} short
 * @param {string} text
 * @param {boolean} isStale
 */
function words(tone, short, text, isStale) {
  return { tone, short, text, isStale };
}

/**
 * @param {SoundFact} sound
 * @param {boolean} hasVideo
 */
function soundWords(sound, hasVideo) {
  switch (sound) {
    case "insecure":
      return "No sound: a browser plays it on localhost or over https only. Open the page on the receiver's own host, or give the viewer a certificate.";
    case "no device":
      return "No sound: this browser finds no sound device. Plug one in and load the page again.";
    case "none":
      return hasVideo ? "This channel has no sound." : "";
    case "loudspeaker":
      return "The sound goes to the loudspeaker of the receiver's host.";
    case "blocked":
      return "The browser waits for a click before it plays sound.";
    default:
      return "";
  }
}
