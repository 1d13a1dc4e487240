/** The page for people: what is sent here, and how to watch it. Plain HTML, readable on a phone, without script or anything from elsewhere. Pure. */

import { renderSVG } from "uqr";

export type PageChannel = {
  readonly name: string;
  readonly state: string;
  readonly source: string;
  readonly group: string;
  readonly port: number;
  /** Pixels; null before the first picture. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly sound: { readonly sampleRateHz: number; readonly channels: number } | null;
  /** It is for who has a pass. */
  readonly isEncrypted: boolean;
  /** Null: the channel has no session description, and this is how it can be watched. */
  readonly sdpUrl: string | null;
};

/** What the page may load: nothing but its own style. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `control`: HOST:PORT of the control channel. */
export function renderPage(host: string, control: string, channels: readonly PageChannel[]): string {
  const sections = channels.map((channel) => section(channel, control)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>streamerd on ${escape(host)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>streamerd on ${escape(host)}</h1><p>${channels.length === 1 ? "One channel is" : `${channels.length} channels are`} sent to this network. Any number of screens may watch.</p></header>
<main>
${sections}
</main>
</body>
</html>
`;
}

function section(channel: PageChannel, control: string): string {
  const { name, state, sdpUrl, isEncrypted } = channel;
  const id = escape(name);
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escape(name)} <span class="state ${state === "playing" ? "on" : "off"}">${escape(state)}</span></h2>
<p>${escape(describe(channel))}</p>${state === "idle" ? whileIdle(name, control) : ""}
${isEncrypted ? withPass(name, control) : sdpUrl === null ? withoutSdp(channel) : waysToWatch(channel, sdpUrl, control)}
</section>`;
}

/** To players, which do not join by the control channel, nothing comes. */
function whileIdle(name: string, control: string): string {
  return `
<p>It begins when somebody joins with <code>streamctl --host ${escape(control)} watch ${escape(name)}</code>. The other players start nothing: they show it while it plays.</p>`;
}

function describe({ source, group, port, picture, sound }: PageChannel): string {
  const parts = [
    source,
    picture === null ? "no picture yet" : `${picture.width} × ${picture.height}`,
    sound === null ? "no sound" : `${sound.sampleRateHz / 1000} kHz ${sound.channels === 2 ? "stereo" : "mono"}`,
    `group ${group}, port ${port}`,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

function waysToWatch({ name, group, sound }: PageChannel, url: string, control: string): string {
  const gstreamer = [
    `gst-launch-1.0 -q souphttpsrc location=${url} ! sdpdemux latency=200 name=s`,
    "s. ! application/x-rtp,media=video ! rtpjpegdepay ! jpegdec ! videoconvert ! autovideosink",
    ...(sound === null ? [] : ["s. ! application/x-rtp,media=audio ! rtpL16depay ! audioconvert ! audioresample ! autoaudiosink"]),
  ].join(" \\\n  ");
  return `<div class="ways">
<dl>
<dt>ffplay</dt><dd><pre tabindex="0">ffplay -protocol_whitelist http,tcp,udp,rtp -fpsprobesize 0 ${escape(url)}</pre></dd>
<dt>VLC <small>(a build with live555)</small></dt><dd><pre tabindex="0">vlc ${escape(url)}</pre></dd>
<dt>GStreamer <small>(with its plugins-bad)</small></dt><dd><pre tabindex="0">${escape(gstreamer)}</pre></dd>
<dt>streamctl</dt><dd><pre tabindex="0">streamctl --host ${escape(control)} watch ${escape(name)}</pre></dd>
<dt>Session description</dt><dd><a href="${escape(url)}">${escape(url)}</a></dd>
</dl>
<figure><a href="${escape(url)}">${qrCode(url, `QR code of ${url}`)}</a><figcaption>The session description of ${escape(name)}, for the player on a phone (${escape(group)})</figcaption></figure>
</div>`;
}

function withPass(name: string, control: string): string {
  const streamctl = `streamctl --host ${control}`;
  return `<p>It is encrypted, for who has a pass: ask for one where this is sent from.</p>
<dl>
<dt>On a page, with its sound</dt><dd><pre tabindex="0">${escape(streamctl)} watch ${escape(name)} --pass PASS</pre></dd>
<dt>In a player</dt><dd><pre tabindex="0">${escape(streamctl)} record - ${escape(name)} --pass PASS | ffplay -</pre></dd>
</dl>`;
}

function withoutSdp({ group, port, sound }: PageChannel): string {
  const also = sound === null ? "" : `, and a WAV file to port ${port + 2}`;
  return `<p>Each datagram to ${escape(group)} port ${port} is a JPEG file${also}: see <code>examples/receive.py</code>. Players that want a session description cannot show this profile.</p>`;
}

function qrCode(url: string, title: string): string {
  const svg = renderSVG(url, { border: 2, whiteColor: "#fff", blackColor: "#000" });
  return svg.replace("<svg ", `<svg role="img" aria-label="${escape(title)}" `);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --box: #f3f5f7; --on: #116329; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --text: #e6edf3; --soft: #9aa5b1; --line: #30363d; --box: #1a2027; --on: #56d364; --link: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: .5rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0; display: flex; gap: .6rem; align-items: center; flex-wrap: wrap; }
header p, section > p { color: var(--soft); margin: .25rem 0 1rem; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); padding: 1.25rem 0; }
.state { font-size: .8rem; font-weight: 600; padding: .1rem .55rem; border: 1px solid currentColor; border-radius: 1rem; }
.on { color: var(--on); } .off { color: var(--soft); }
.ways { display: flex; flex-wrap: wrap; gap: 1.5rem; }
dl { flex: 1 1 24rem; min-width: 0; margin: 0; }
dt { font-weight: 600; } dt small { font-weight: 400; color: var(--soft); }
dd { margin: .2rem 0 .9rem; min-width: 0; }
pre { margin: 0; padding: .55rem .7rem; background: var(--box); border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .875rem; user-select: all; }
a { color: var(--link); overflow-wrap: anywhere; }
figure { flex: 0 0 12rem; margin: 0; } figure svg { display: block; width: 12rem; height: 12rem; border-radius: .4rem; }
figcaption { font-size: .8rem; color: var(--soft); margin-top: .4rem; }
`;
