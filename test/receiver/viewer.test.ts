// The viewer's page in Debian's Chromium, fed in real time with pictures that ffmpeg has made and with sound.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import * as v from "valibot";
import type { SoundForm } from "../../receiver/media.ts";
import { startViewer } from "../../receiver/sinks/viewer/viewer.ts";
import type { Viewer, ViewerOptions } from "../../receiver/sinks/viewer/viewer.ts";
import { launchBrowser, missingBrowser } from "./viewer/browser.ts";
import { feed, formWith, FPS, makePictures, SIZE } from "./viewer/feed.ts";

const audio: SoundForm = { sampleRateHz: 44_100, channels: 2 };
const probeShape = v.object({
  pictures: v.array(v.object({ senderMs: v.number(), shownAtMs: v.number(), luminance: v.number() })),
  sounds: v.array(v.object({ firstSample: v.number(), senderMs: v.number(), playedAtMs: v.number(), peak: v.number() })),
  underruns: v.number(),
  jumps: v.number(),
});
const MESSAGE = "document.querySelector('#message').textContent";
const SOUND_MESSAGE = "document.querySelector('#sound-message').textContent";
const STATE = "document.querySelector('#state').textContent";
const FPS_TEXT = "document.querySelector('#picture').dataset.fps";

/** The colour in the middle of the picture. */
const PIXEL = "[...document.querySelector('#picture').getContext('2d').getImageData(250, 200, 1, 1).data].slice(0, 3)";

describe("the viewer's page", { skip: missingBrowser }, () => {
  let browser: Browser;
  /** What the pages of a test have complained about. */
  let wrong: string[] = [];
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  afterEach(() => {
    const found = wrong;
    wrong = [];
    assert.deepEqual(found, []);
  });

  async function start(context: TestContext, form: SoundForm | null, options: Partial<ViewerOptions> = {}): Promise<Viewer> {
    const base = { listen: { host: "127.0.0.1", port: 0 }, title: "main from 10.77.0.1", form: formWith(form), print: () => undefined };
    const viewer = await startViewer({ ...base, ...options });
    context.after(() => viewer.close());
    return viewer;
  }

  /** A page of its own; whatever goes wrong in it fails the test. */
  async function open(context: TestContext, url: string, options: BrowserContextOptions = {}, of = browser): Promise<Page> {
    const page = await of.newPage(options);
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      // That the receiver has ended is seen by the page's requests.
      if (message.type() === "error" && !/ERR_(CONNECTION_(REFUSED|RESET)|SOCKET_NOT_CONNECTED)/.test(message.text()))
        wrong.push(message.text());
    });
    context.after(() => page.close());
    await page.goto(url);
    // The link that is good once leads on to the page.
    await page.waitForURL(({ pathname }) => pathname === "/");
    return page;
  }

  function run(context: TestContext, viewer: Viewer, options: Parameters<typeof feed>[1]): { readonly stop: () => void } {
    const running = feed(viewer, options);
    context.after(running.stop);
    return running;
  }

  test("the picture appears in its size and colours, with the received FPS on it", async (context) => {
    const viewer = await start(context, null);
    const page = await open(context, viewer.url);
    await eventually(page, "document.title === 'main from 10.77.0.1 – RECEIVING VIDEO'");
    assert.equal(await page.locator("h1").textContent(), "RECEIVING VIDEO");
    const { stop } = run(context, viewer, { pictures: makePictures("color=c=red", 1), audio: null });
    const isRed = `(([r, g, b]) => r > 240 && g < 16 && b < 16)(${PIXEL})`;
    await eventually(page, isRed);
    const size = await page.evaluate("[document.querySelector('#picture').width, document.querySelector('#picture').height]");
    assert.deepEqual(size, [SIZE.width, SIZE.height]);
    await eventually(page, `/^FPS: 2[456]\\.\\d$/.test(${FPS_TEXT})`);
    await eventually(page, `${SOUND_MESSAGE} === 'This channel has no sound.'`);
    stop();
    run(context, viewer, { pictures: makePictures("color=c=blue", 1), audio: null });
    await eventually(page, `(([r, g, b]) => r < 16 && g < 16 && b > 240)(${PIXEL})`);
  });

  test("a page whose host plays the sound says so, gets none, and offers no volume", async (context) => {
    const viewer = await start(context, audio, { soundFrom: "loudspeaker" });
    const page = await open(context, `${viewer.url}?probe`);
    run(context, viewer, { pictures: makePictures("color=c=red", 1), audio });
    await eventually(page, `${SOUND_MESSAGE} === "The sound goes to the loudspeaker of the receiver's host."`);
    await eventually(page, `/^FPS: 2[456]/.test(${FPS_TEXT})`);
    assert.equal(await page.locator("#volume").isVisible(), false);
    assert.equal(await page.evaluate("streamerdProbe.sounds.length"), 0);
  });

  test("before a page knows of the channel it says nothing of its sound", async (context) => {
    const viewer = await start(context, audio);
    const page = await browser.newPage();
    context.after(() => page.close());
    await page.addInitScript("WebSocket = class extends EventTarget {}");
    await page.goto(viewer.url);
    await eventually(page, `${STATE} === 'connecting' && ${MESSAGE} !== ''`);
    assert.equal(await page.evaluate(SOUND_MESSAGE), "");
  });

  test("in full screen a key brings the controls back, on which is seen what it does", async (context) => {
    const viewer = await start(context, audio);
    const page = await open(context, viewer.url);
    await page.keyboard.press("f");
    await eventually(page, "document.fullscreenElement?.id === 'player' && 'idle' in document.querySelector('#player').dataset");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate("'idle' in document.querySelector('#player').dataset"), false);
  });

  test("a line that loses so much that no picture comes is not called playing, until one comes", async (context) => {
    const viewer = await start(context, null);
    const page = await open(context, viewer.url);
    viewer.state?.({ kind: "playing", text: "playing" });
    await eventually(page, `${STATE} === 'playing'`);
    const lossy = { fps: 0, lost: 200, expected: 600, repaired: 0, late: 0, jitterMs: 1, bufferMs: 0, skewMs: 0 };
    for (let second = 0; second < 3; second++) viewer.report?.(lossy);
    await eventually(page, `${STATE} === 'packets lost' && /no picture is whole/.test(${MESSAGE})`);
    run(context, viewer, { pictures: makePictures("color=c=red", 1), audio: null, report: { lost: 1 } });
    await eventually(page, `${STATE} === 'playing' && ${MESSAGE} === ''`);
  });

  test("words over the picture stay in its frame, however narrow the page", async (context) => {
    const viewer = await start(context, audio);
    const page = await open(context, viewer.url, { viewport: { width: 180, height: 320 } });
    viewer.state?.({ kind: "away", text: "" });
    await eventually(page, `/^The host is away/.test(${MESSAGE})`);
    const inside = `(({ top, bottom }, stage) => top >= stage.top && bottom <= stage.bottom)(
      (() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('#message')); return range.getBoundingClientRect(); })(),
      document.querySelector('.stage').getBoundingClientRect())`;
    await eventually(page, inside);
    await eventually(page, "document.documentElement.scrollWidth <= 180");
  });

  test("what stands beyond width and height is cut off", async (context) => {
    const viewer = await start(context, null);
    const page = await open(context, viewer.url);
    viewer.state?.({ kind: "playing", text: "" });
    const [jpeg = new Uint8Array()] = makePictures("color=c=red", 1);
    viewer.picture({ jpeg, width: 304, height: 200, senderMs: 0, localMs: 0, showAtMs: 0 });
    await eventually(page, "document.querySelector('#picture').width === 304 && document.querySelector('#picture').height === 200");
  });

  test("sound plays without a gap, and what the page shows is told to the receiver", async (context) => {
    const viewer = await start(context, audio);
    const page = await open(context, `${viewer.url}?probe`);
    run(context, viewer, { pictures: makePictures("testsrc2", 10), audio });
    await eventually(
      page,
      `(({ sounds }) => sounds.length === 300 && sounds.every(({ peak }) => peak > 0.1) &&
        sounds.every(({ firstSample }, n) => n === 0 || Math.abs(firstSample - sounds[n - 1].firstSample - 128) < 2))(streamerdProbe)`,
    );
    await until(() => (viewer.shownFps() ?? 0) > FPS - 5 && viewer.skewMs() !== null);
    assert.equal(viewer.clientCount(), 1);
  });

  test("flashes and beeps come out with the sender's time that they were given", async (context) => {
    const viewer = await start(context, audio);
    const page = await open(context, `${viewer.url}?probe`);
    const pictures = [...makePictures("color=c=black", 1), ...makePictures("color=c=white", 1)];
    let startSenderMs: number | null = null;
    const picture: Viewer["picture"] = (one) => {
      startSenderMs ??= one.senderMs;
      viewer.picture(one);
    };
    run(
      context,
      { ...viewer, picture },
      {
        pictures,
        audio,
        pictureAt: (index) => (index % FPS === 0 ? 1 : 0),
        sound: (seconds) => (seconds % 1 < 1 / FPS ? Math.sin(2 * Math.PI * 1000 * seconds) : 0),
      },
    );
    await eventually(
      page,
      "streamerdProbe.pictures.filter(({ luminance }) => luminance > 200).length > 2 && streamerdProbe.sounds.some(({ peak }) => peak > 0.5) && streamerdProbe.sounds.length === 300",
    );
    const probe = v.parse(probeShape, await page.evaluate("JSON.parse(JSON.stringify(streamerdProbe))"));
    const phase = (senderMs: number): number => ((((senderMs - (startSenderMs ?? 0) + 500) % 1000) + 1000) % 1000) - 500;
    for (const { senderMs, luminance } of probe.pictures) assert.equal(luminance > 128, Math.abs(phase(senderMs)) < 1, `${senderMs}`);
    // A block is 3 ms long.
    for (const { senderMs, peak } of probe.sounds)
      if (peak > 0.1) assert.ok(phase(senderMs) > -4 && phase(senderMs) < 1000 / FPS + 1, `${phase(senderMs)}`);
  });

  test("states are said in words, and the last picture stays", async (context) => {
    const viewer = await start(context, audio);
    viewer.state?.({ kind: "waiting", text: "Waiting for the group 239.255.1.1" });
    const page = await open(context, viewer.url);
    await eventually(page, `${MESSAGE} === 'Waiting for the group 239.255.1.1' && ${STATE} === 'waiting'`);
    const { stop } = run(context, viewer, { pictures: makePictures("color=c=red", 1), audio });
    await eventually(page, `${MESSAGE} === '' && ${STATE} === 'playing' && ${PIXEL}[0] > 240`);
    stop();
    viewer.state?.({ kind: "away", text: "10.77.0.1 is away" });
    await eventually(page, `${MESSAGE} === '10.77.0.1 is away' && ${FPS_TEXT} === 'FPS: 0.0' && ${PIXEL}[0] > 240`);
    const late = await open(context, viewer.url);
    await eventually(late, `${MESSAGE} === '10.77.0.1 is away' && ${PIXEL}[0] > 240`);
  });

  test("a page whose receiver has ended says so, and goes on when it is back", async (context) => {
    const first = await start(context, null);
    const port = Number(new URL(first.url).port);
    const page = await open(context, first.url);
    await eventually(page, `${STATE} === 'connecting' && document.querySelector('#title').textContent !== ''`);
    await first.close();
    await eventually(page, `${STATE} === 'no receiver'`);
    const second = await start(context, null, { listen: { host: "127.0.0.1", port } });
    run(context, second, { pictures: makePictures("color=c=red", 1), audio: null });
    await eventually(page, `${STATE} === 'playing' && ${PIXEL}[0] > 240`);
  });

  test("keys and buttons mute, turn, open and close; they are remembered", async (context) => {
    const viewer = await start(context, audio);
    const page = await open(context, viewer.url);
    const mute = page.getByRole("button", { name: "Mute" });
    await page.keyboard.press("m");
    assert.equal(await mute.getAttribute("aria-pressed"), "true");
    await page.keyboard.press("ArrowDown");
    assert.equal(await mute.getAttribute("aria-pressed"), "false");
    assert.equal(await page.getByRole("slider", { name: "Volume" }).inputValue(), "95");
    await page.keyboard.press("i");
    assert.equal(await page.locator("#panel").isVisible(), false);
    await page.keyboard.press("?");
    assert.equal(await page.getByRole("dialog").isVisible(), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").isVisible(), false);
    await mute.click();
    await page.reload();
    await eventually(page, "document.querySelector('#mute').getAttribute('aria-pressed') === 'true'");
    assert.equal(await page.getByRole("slider", { name: "Volume" }).inputValue(), "95");
    assert.equal(await page.locator("#panel").isVisible(), false);
    await page.keyboard.press("f");
    await eventually(page, "document.fullscreenElement?.id === 'player'");
    await page.keyboard.press("f");
    await eventually(page, "document.fullscreenElement === null");
  });

  test("it fits on 320 pixels, in the dark as well", async (context) => {
    const viewer = await start(context, audio);
    const page = await open(context, viewer.url, { viewport: { width: 320, height: 640 }, colorScheme: "dark" });
    run(context, viewer, { pictures: makePictures("testsrc2", 10), audio });
    await eventually(page, `${STATE} === 'playing'`);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
    const tops = "new Set([...document.querySelectorAll('.controls button')].map((button) => button.getBoundingClientRect().top)).size";
    assert.equal(await page.evaluate(tops), 1, "the buttons stand in one row");
  });

  test("beyond localhost one enters by the link; without TLS there is a picture, and words instead of sound", async (context) => {
    const viewer = await start(context, audio, { listen: { host: "0.0.0.0", port: 0 } });
    const own = await launchBrowser(`--host-resolver-rules=MAP ${hostname()}.local 127.0.0.1`);
    context.after(() => own.close());
    const { port, pathname } = new URL(viewer.url);
    const page = await own.newPage();
    await page.goto(`http://${hostname()}.local:${port}${pathname}`);
    await page.waitForURL(({ pathname }) => pathname === "/");
    run(context, viewer, { pictures: makePictures("color=c=red", 1), audio });
    await eventually(page, `${STATE} === 'playing' && ${PIXEL}[0] > 240 && /localhost or over https/.test(${SOUND_MESSAGE})`);
    const stranger = await (await own.newContext()).newPage();
    const answer = await stranger.goto(`http://${hostname()}.local:${port}${pathname}`);
    assert.equal(answer?.status(), 403);
    assert.match(await stranger.content(), /each is good once/);
  });

  test("beyond localhost with TLS there is sound", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "streamerd-viewer-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
    const name = `${hostname()}.local`;
    const certificate = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
    ];
    execFileSync("openssl", [...certificate, "-keyout", files.key, "-out", files.cert], { stdio: "ignore" });
    const tls = { key: readFileSync(files.key), cert: readFileSync(files.cert) };
    const viewer = await start(context, audio, { listen: { host: "0.0.0.0", port: 0 }, tls });
    const own = await launchBrowser(`--host-resolver-rules=MAP ${name} 127.0.0.1`, "--ignore-certificate-errors");
    context.after(() => own.close());
    const { protocol, port, pathname } = new URL(viewer.url);
    assert.equal(protocol, "https:");
    const page = await open(context, `https://${name}:${port}${pathname}`, { ignoreHTTPSErrors: true }, own);
    run(context, viewer, { pictures: makePictures("color=c=red", 1), audio });
    await eventually(page, `${STATE} === 'playing' && streamerdProbe.sounds.some(({ peak }) => peak > 0.1)`);
  });

  test("where the browser wants a click before it plays, the page asks for it", async (context) => {
    const viewer = await start(context, audio);
    const own = await launchBrowser("--autoplay-policy=document-user-activation-required");
    context.after(() => own.close());
    const page = await open(context, viewer.url, {}, own);
    run(context, viewer, { pictures: makePictures("color=c=red", 1), audio });
    await page.getByRole("button", { name: "Click to hear" }).click();
    await eventually(page, "streamerdProbe.sounds.some(({ peak }) => peak > 0.1)");
    assert.equal(await page.getByRole("button", { name: "Click to hear" }).isVisible(), false);
  });
});

/** Until what it says in the page is true. From outside: the page's own policy forbids `waitForFunction` to evaluate text in it. */
async function eventually(page: Page, expression: string): Promise<void> {
  while ((await page.evaluate(`Boolean(${expression})`)) !== true) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Polls until the condition holds; the test's own timeout is the deadline. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
