/**
 * Makes the vectors of this folder anew: runs ffmpeg and GStreamer as senders to 127.0.0.1 and keeps the first few packets of each.
 * Not part of the tests: they read what lies here. See README.md.
 */

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { VectorName } from "./read-vectors.ts";

type Capture = {
  readonly name: VectorName;
  readonly program: "ffmpeg" | "gst-launch-1.0";
  /** `PORT` stands for the RTP port, `RTCP` for the one above it. */
  readonly args: string;
  readonly keep: "rtp" | "rtcp";
  readonly atMost: number;
};

const FFMPEG_PICTURE =
  "-f lavfi -i testsrc=s=48x32:r=2:d=1 -c:v mjpeg -huffman default -pix_fmt yuvj420p -q:v 8 -f rtp rtp://127.0.0.1:PORT?pkt_size=400";
const FFMPEG_SOUND =
  "-f lavfi -i sine=1000:r=44100:d=0.05 -c:a pcm_s16be -ac 2 -f rtp rtp://127.0.0.1:PORT?pkt_size=400";
const FFMPEG_LONG =
  "-re -f lavfi -i sine=1000:r=44100:d=7 -c:a pcm_s16be -ac 2 -f rtp -rtpflags send_bye rtp://127.0.0.1:PORT";
const GST_PICTURE =
  "videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=48,height=32,framerate=2/1 ! jpegenc quality=80 ! rtpjpegpay mtu=400";
const GST_SOUND =
  "audiotestsrc num-buffers=2 samplesperbuffer=128 ! audio/x-raw,format=S16BE,rate=48000,channels=1 ! rtpL16pay";
const GST_LONG =
  "rtpbin name=b audiotestsrc is-live=true num-buffers=150 ! audio/x-raw,format=S16BE,rate=44100,channels=2 ! rtpL16pay ! b.send_rtp_sink_0";

const captures: readonly Capture[] = [
  { name: "ffmpeg-mjpeg", program: "ffmpeg", args: FFMPEG_PICTURE, keep: "rtp", atMost: 6 },
  { name: "ffmpeg-l16", program: "ffmpeg", args: FFMPEG_SOUND, keep: "rtp", atMost: 3 },
  { name: "ffmpeg-rtcp", program: "ffmpeg", args: FFMPEG_LONG, keep: "rtcp", atMost: 4 },
  {
    name: "gstreamer-jpeg",
    program: "gst-launch-1.0",
    args: `-q ${GST_PICTURE} ! udpsink host=127.0.0.1 port=PORT`,
    keep: "rtp",
    atMost: 6,
  },
  {
    name: "gstreamer-l16",
    program: "gst-launch-1.0",
    args: `-q ${GST_SOUND} ! udpsink host=127.0.0.1 port=PORT`,
    keep: "rtp",
    atMost: 3,
  },
  {
    name: "gstreamer-rtcp",
    program: "gst-launch-1.0",
    args: `-q ${GST_LONG} b.send_rtp_src_0 ! udpsink host=127.0.0.1 port=PORT b.send_rtcp_src_0 ! udpsink host=127.0.0.1 port=RTCP sync=false async=false`,
    keep: "rtcp",
    atMost: 4,
  },
];

for (const capture of captures) {
  const packets = await run(capture);
  const text = [
    `# ${capture.program} ${capture.args}`,
    ...packets.map((packet) => packet.toString("hex")),
    "",
  ].join("\n");
  writeFileSync(new URL(`${capture.name}.hex`, import.meta.url), text);
  console.log(`${capture.name}: ${packets.length} packets`);
}

async function run({ program, args, keep, atMost }: Capture): Promise<readonly Buffer[]> {
  const port = 47_000;
  const sockets = { rtp: await listen(port), rtcp: await listen(port + 1) };
  const packets: Buffer[] = [];
  sockets[keep].on("message", (packet) => {
    if (packets.length < atMost) packets.push(packet);
  });
  const words = args
    .replaceAll("PORT", String(port))
    .replaceAll("RTCP", String(port + 1))
    .split(" ");
  const quiet = program === "ffmpeg" ? ["-loglevel", "error", "-nostdin"] : [];
  const child = spawn(program, [...quiet, ...words], { stdio: ["ignore", "ignore", "inherit"] });
  await once(child, "exit");
  // What was sent last is in the socket's buffer: one turn of the event loop reads it.
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const socket of [sockets.rtp, sockets.rtcp]) socket.close();
  return packets;
}

async function listen(port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
