// @ts-check
/** The two ways out of the page: full screen, and picture-in-picture (the canvas as a stream in a video element). */

/** In full screen the controls go when nobody has moved for so long. */
const IDLE_MS = 2500;

/** @param {HTMLElement} player */
export async function toggleFullScreen(player) {
  if (document.fullscreenElement === null) await player.requestFullscreen({ navigationUI: "hide" }).catch(() => undefined);
  else await document.exitFullscreen();
}

/** Hides the controls of a player in full screen while nobody moves or presses a key. @param {HTMLElement} player */
export function hideWhenIdle(player) {
  let idle = 0;
  const wake = () => {
    clearTimeout(idle);
    delete player.dataset["idle"];
    if (document.fullscreenElement === player) idle = setTimeout(() => (player.dataset["idle"] = ""), IDLE_MS);
  };
  for (const name of ["pointermove", "pointerdown", "focusin"]) player.addEventListener(name, wake);
  // Keys go to the page when nothing of the player has the focus.
  document.addEventListener("keydown", wake);
  document.addEventListener("fullscreenchange", wake);
}

export function canPictureInPicture() {
  return document.pictureInPictureEnabled && "captureStream" in HTMLCanvasElement.prototype;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLVideoElement} video never in the page's layout: it only carries the stream
 */
export async function togglePictureInPicture(canvas, video) {
  if (document.pictureInPictureElement !== null) return document.exitPictureInPicture();
  video.srcObject ??= canvas.captureStream();
  await video.play();
  await video.requestPictureInPicture();
}
