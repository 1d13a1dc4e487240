import type { ReceivedSession } from "../../../wire/sdp.ts";

const session: ReceivedSession = {
  sessionId: "3999999999",
  sessionVersion: "4000000001",
  originAddress: "10.77.0.1",
  name: "main",
  information: "film.mp4",
  group: "239.255.96.88",
  ttl: 1,
  tool: "streamerd 0.1.0",
  control: { host: "10.77.0.1", port: 9688 },
  sourceFilter: null,
  isEncrypted: false,
  video: { port: 5004, size: { width: 500, height: 281 }, fps: 29.97 },
  audio: { port: 5006, payloadType: 10, sampleRateHz: 44100, channels: 2 },
};
const COMPLETE = [
  "v=0",
  "o=- 3999999999 4000000001 IN IP4 10.77.0.1",
  "s=main",
  "i=film.mp4",
  "c=IN IP4 239.255.96.88/1",
  "t=0 0",
  "a=tool:streamerd 0.1.0",
  "a=type:broadcast",
  "a=recvonly",
  "a=x-streamerd-control:10.77.0.1:9688",
  "m=video 5004 RTP/AVP 26",
  "b=RR:0",
  "a=rtpmap:26 JPEG/90000",
  "a=framerate:29.97",
  "a=x-dimensions:500,281",
  "m=audio 5006 RTP/AVP 10",
  "b=RR:0",
  "a=rtpmap:10 L16/44100/2",
];

/** `isOurForm`: building the session gives this text. */
export const sdpCases: readonly {
  readonly title: string;
  readonly text: string;
  readonly session: ReceivedSession;
  readonly isOurForm: boolean;
}[] = [
  { title: "a whole channel", text: text(COMPLETE), session, isOurForm: true },
  {
    title: "sound alone, at another rate, from one sender only",
    text: text([
      "v=0",
      "o=- 1 1 IN IP4 host.example",
      "s=radio",
      "c=IN IP4 224.1.2.3/255",
      "t=0 0",
      "a=type:broadcast",
      "a=recvonly",
      "a=source-filter: incl IN IP4 224.1.2.3 10.77.0.1",
      "m=audio 6000 RTP/AVP 97",
      "b=RR:0",
      "a=rtpmap:97 L16/48000/1",
    ]),
    session: {
      sessionId: "1",
      sessionVersion: "1",
      originAddress: "host.example",
      name: "radio",
      information: null,
      group: "224.1.2.3",
      ttl: 255,
      tool: null,
      control: null,
      sourceFilter: "10.77.0.1",
      isEncrypted: false,
      video: null,
      audio: { port: 6000, payloadType: 97, sampleRateHz: 48000, channels: 1 },
    },
    isOurForm: true,
  },
  {
    title: "a picture of unknown size and rate",
    text: text([...COMPLETE.slice(0, 3), ...COMPLETE.slice(4, 6), ...COMPLETE.slice(7, 9), ...COMPLETE.slice(10, 13)]),
    session: {
      ...session,
      information: null,
      tool: null,
      control: null,
      video: { port: 5004, size: null, fps: null },
      audio: null,
    },
    isOurForm: true,
  },
  {
    title: "a channel whose packets are encrypted",
    text: text(COMPLETE.map((line) => line.replace("RTP/AVP", "RTP/SAVP"))),
    session: { ...session, isEncrypted: true },
    isOurForm: true,
  },
  { title: "line feeds alone", text: `${COMPLETE.join("\n")}\n`, session, isOurForm: false },
  {
    title: "lines and streams that we do not know",
    text: text([...COMPLETE, "a=ptime:7", "k=prompt", "m=text 7000 RTP/AVP 98"]),
    session,
    isOurForm: false,
  },
  {
    title: "another dynamic payload type, mono by default",
    text: text([...COMPLETE.slice(0, 15), "m=audio 5006 RTP/AVP 110 0", "a=rtpmap:0 PCMU/8000", "a=rtpmap:110 l16/22050"]),
    session: {
      ...session,
      audio: { port: 5006, payloadType: 110, sampleRateHz: 22050, channels: 1 },
    },
    isOurForm: false,
  },
];

export const badSdpCases: readonly {
  readonly title: string;
  readonly text: string;
  readonly reason: string;
}[] = [
  { title: "nothing", text: "", reason: "SDP: does not begin with v=0" },
  { title: "a web page", text: "<!doctype html>\n", reason: "SDP: does not begin with v=0" },
  { title: "a megabyte", text: `v=0\n${"a=x\n".repeat(250_000)}`, reason: "SDP: over 16 KiB" },
  {
    title: "thousands of lines",
    text: `v=0\n${"a=x\n".repeat(3_000)}`,
    reason: "SDP: over 256 lines",
  },
  {
    title: "a control character in the origin's address",
    text: "v=0\r\no=- 1 1 IN IP4 \x1c10.77.0.1\r\ns=main\r\n",
    reason: "SDP: no origin, or none of IPv4",
  },
  {
    title: "a line that is none",
    text: text([...COMPLETE, "hello"]),
    reason: "SDP: a line that is no letter, equals sign and value",
  },
  {
    title: "no origin",
    text: text(COMPLETE.filter((line) => !line.startsWith("o="))),
    reason: "SDP: no origin, or none of IPv4",
  },
  {
    title: "an IPv6 origin",
    text: changed("o=", "o=- 1 1 IN IP6 ::1"),
    reason: "SDP: no origin, or none of IPv4",
  },
  {
    title: "no name",
    text: text(COMPLETE.filter((line) => !line.startsWith("s="))),
    reason: "SDP: no session name",
  },
  {
    title: "a unicast address",
    text: changed("c=", "c=IN IP4 192.168.1.5/1"),
    reason: "SDP: not an IPv4 multicast group",
  },
  {
    title: "an address that is none",
    text: changed("c=", "c=IN IP4 239.255.1.256/1"),
    reason: "SDP: not an IPv4 multicast group",
  },
  {
    title: "a TTL over 255",
    text: changed("c=", "c=IN IP4 239.255.1.1/256"),
    reason: "SDP: not an IPv4 multicast group",
  },
  {
    title: "a range of groups",
    text: changed("c=", "c=IN IP4 239.255.1.1/1/3"),
    reason: "SDP: no IPv4 multicast group, or several",
  },
  {
    title: "no group",
    text: text(COMPLETE.filter((line) => !line.startsWith("c="))),
    reason: "SDP: no IPv4 multicast group, or several",
  },
  {
    title: "another group for the sound",
    text: text([...COMPLETE, "c=IN IP4 239.255.1.1/1"]),
    reason: "SDP: no IPv4 multicast group, or several",
  },
  {
    title: "H.264",
    text: changed("m=video", "m=video 5004 RTP/AVP 96"),
    reason: "SDP: the picture is not RTP/JPEG",
  },
  {
    title: "a port over 65,535",
    text: changed("m=video", "m=video 65536 RTP/AVP 26"),
    reason: "SDP: malformed video line",
  },
  {
    title: "port 0",
    text: changed("m=audio", "m=audio 0 RTP/AVP 10"),
    reason: "SDP: malformed audio line",
  },
  {
    title: "Opus",
    text: changed("m=audio", "m=audio 5006 RTP/AVP 98"),
    reason: "SDP: the sound is not L16, mono or stereo",
  },
  {
    title: "L16 without a rate",
    text: text(COMPLETE.map((line) => line.replace("RTP/AVP 10", "RTP/AVP 98").replace(/^a=rtpmap:10 .*/, "a=rtpmap:98 L16/0000"))),
    reason: "SDP: the sound is not L16, mono or stereo",
  },
  {
    title: "no stream",
    text: text(COMPLETE.slice(0, 10)),
    reason: "SDP: neither picture nor sound",
  },
];

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}

function changed(prefix: string, line: string): string {
  return text(COMPLETE.map((original) => (original.startsWith(prefix) ? line : original)));
}
