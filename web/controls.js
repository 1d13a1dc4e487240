// @ts-check
/** Buttons and keys, and what of them is remembered for the next time: volume, mute and whether the panel is open. */

import { canPictureInPicture, hideWhenIdle, toggleFullScreen, togglePictureInPicture } from "./full-screen.js";

const STORED = "streamerd-viewer";
const VOLUME_STEP = 5;

/**
 * @typedef {{ player: HTMLElement, canvas: HTMLCanvasElement, video: HTMLVideoElement, mute: HTMLButtonElement, volume: HTMLInputElement,
 *   panel: HTMLElement, panelButton: HTMLButtonElement, fullScreen: HTMLButtonElement, pictureInPicture: HTMLButtonElement,
 *   help: HTMLDialogElement, helpButton: HTMLButtonElement, hear: HTMLButtonElement }} Parts
 */

/**
 * @param {Parts} parts
 * @param {{ setVolume: (volume: number) => void, wake: () => void, panelOpened: () => void }} on
 */
export function wireControls(parts, on) {
  const { player, canvas, video, mute, volume, panel, panelButton, fullScreen, pictureInPicture, help, helpButton, hear } = parts;
  const stored = recall();
  let isMuted = stored.isMuted;
  volume.value = String(stored.volume);
  panel.hidden = !stored.isPanelOpen;

  const show = () => {
    const isSilent = isMuted || Number(volume.value) === 0;
    mute.setAttribute("aria-pressed", String(isMuted));
    mute.dataset["silent"] = String(isSilent);
    mute.title = isMuted ? "Sound on (m)" : "Mute (m)";
    volume.setAttribute("aria-valuetext", isMuted ? "muted" : `${volume.value} %`);
    volume.style.setProperty("--filled", `${volume.value}%`);
    panelButton.setAttribute("aria-expanded", String(!panel.hidden));
    on.setVolume(isMuted ? 0 : Number(volume.value) / 100);
    remember({ volume: Number(volume.value), isMuted, isPanelOpen: !panel.hidden });
  };
  const turn = (/** @type {number} */ step) => {
    volume.value = String(Number(volume.value) + step);
    isMuted = false;
    show();
  };
  const togglePanel = () => {
    panel.hidden = !panel.hidden;
    show();
    if (!panel.hidden) on.panelOpened();
  };
  const toggleMute = () => {
    isMuted = !isMuted;
    show();
  };
  const toggleHelp = () => (help.open ? help.close() : help.showModal());
  const goFullScreen = () => void toggleFullScreen(player);
  const goPictureInPicture = () => void togglePictureInPicture(canvas, video).catch(() => undefined);

  /** @type {Readonly<Record<string, () => void>>} */
  const keys = {
    m: toggleMute,
    f: goFullScreen,
    ...(canPictureInPicture() ? { p: goPictureInPicture } : {}),
    i: togglePanel,
    "?": toggleHelp,
    ArrowUp: () => turn(VOLUME_STEP),
    ArrowDown: () => turn(-VOLUME_STEP),
  };
  document.addEventListener("keydown", (event) => {
    on.wake();
    const isForSlider = event.target === volume && event.key.startsWith("Arrow");
    if (event.ctrlKey || event.metaKey || event.altKey || isForSlider) return;
    if (help.open && event.key !== "?") return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("pointerup", () => on.wake());
  volume.addEventListener("input", () => {
    isMuted = false;
    show();
  });
  mute.addEventListener("click", toggleMute);
  hear.addEventListener("click", () => on.wake());
  panelButton.addEventListener("click", togglePanel);
  helpButton.addEventListener("click", toggleHelp);
  fullScreen.addEventListener("click", goFullScreen);
  canvas.addEventListener("dblclick", goFullScreen);
  fullScreen.hidden = !document.fullscreenEnabled;
  pictureInPicture.hidden = !canPictureInPicture();
  pictureInPicture.addEventListener("click", goPictureInPicture);
  hideWhenIdle(player);
  show();
}

function recall() {
  /** @type {unknown} */
  let value = null;
  try {
    value = JSON.parse(localStorage.getItem(STORED) ?? "null");
  } catch {
    // Storage is off, or somebody else has written there: begin as new.
  }
  const fields = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const volume = fields.get("volume");
  return {
    volume: typeof volume === "number" ? volume : 100,
    isMuted: fields.get("isMuted") === true,
    isPanelOpen: fields.get("isPanelOpen") !== false,
  };
}

/** @param {{ volume: number, isMuted: boolean, isPanelOpen: boolean }} settings */
function remember(settings) {
  try {
    localStorage.setItem(STORED, JSON.stringify(settings));
  } catch {
    // Storage is off: it is as new the next time.
  }
}
