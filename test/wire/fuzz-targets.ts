/**
 * What is fuzzed: every parser that is fed by a network, with well-formed inputs to start from. Another part of the project joins by an
 * entry in `table`. A run throws if something is wrong; what it returns is weighed, so that bad input cannot make it grow.
 */

import assert from "node:assert/strict";
import { framedFrom } from "../control/framed-from.ts";
import { parsePictureDatagram, parseSoundDatagram } from "../../wire/datagram/index.ts";
import { buildJpegFile, fragmentFrame, parseJpeg, parseJpegPayload, quantizationTables } from "../../wire/jpeg/index.ts";
import { parseL16Payload } from "../../wire/l16.ts";
import { buildCompound, parseCompound, parseGenericNack } from "../../wire/rtcp/index.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { parseSap } from "../../wire/sap.ts";
import { buildSdp, parseSdp } from "../../wire/sdp.ts";
import { readU32 } from "../../wire/big-endian.ts";
import { SrtpReceiver, SrtpSender } from "../../wire/srtp/index.ts";
import { readSdpVector, readVectors } from "../vectors/read-vectors.ts";
import { badDatagramCases, pictureDatagrams, soundDatagrams } from "./cases/datagram.ts";
import { badJpegFileCases, jpegFileCases } from "./cases/jpeg-file.ts";
import { badJpegPayloadCases, jpegPayloadCases } from "./cases/jpeg-payload.ts";
import { badGenericNackCases, genericNackCases } from "./cases/generic-nack.ts";
import { badRtcpCases, rtcpCases } from "./cases/rtcp.ts";
import { badRtpCases, rtpCases } from "./cases/rtp.ts";
import { badSapCases, sapCases } from "./cases/sap.ts";
import { badSdpCases, sdpCases } from "./cases/sdp.ts";

export type FuzzTarget = {
  readonly name: string;
  /** Inputs to mutate. */
  readonly corpus: readonly Uint8Array[];
  /** Throws if `input` shows a fault; else gives what came of it, to be weighed. */
  readonly run: (input: Uint8Array) => unknown;
};

/** Cases larger than this (a megabyte of SDP) stay with the tests: copying them would be most of the work. */
const MAX_CORPUS_BYTES = 16_384;

const SRTP_MASTER = new Uint8Array(30);

/** One row a parser. */
const table: readonly FuzzTarget[] = [
  {
    name: "rtp",
    corpus: [...bytesOf(rtpCases), ...bytesOf(badRtpCases), ...readVectors("ffmpeg-mjpeg"), ...readVectors("gstreamer-l16")],
    run: parseRtp,
  },
  {
    name: "rtp-jpeg",
    corpus: [...readVectors("ffmpeg-mjpeg"), ...readVectors("gstreamer-jpeg"), ...ownPackets()],
    run: (input) => {
      const rtp = parseRtp(input);
      return rtp.ok ? runJpegPayload(rtp.value.payload) : rtp;
    },
  },
  {
    name: "jpeg-payload",
    corpus: [...bytesOf(jpegPayloadCases), ...bytesOf(badJpegPayloadCases)],
    run: runJpegPayload,
  },
  {
    name: "jpeg-file",
    corpus: [...bytesOf(jpegFileCases), ...bytesOf(badJpegFileCases)],
    run: runJpegFile,
  },
  {
    name: "rtcp",
    corpus: [...bytesOf(rtcpCases), ...bytesOf(badRtcpCases), ...readVectors("ffmpeg-rtcp"), ...readVectors("gstreamer-rtcp")],
    run: runRtcp,
  },
  {
    name: "srtp",
    corpus: bytesOf(rtpCases).map((packet) => new SrtpSender(SRTP_MASTER).protect(packet)),
    run: (input) => new SrtpReceiver([SRTP_MASTER], new Map([[readU32(input, 8), 1]])).unprotect(input),
  },
  {
    name: "srtcp",
    corpus: bytesOf(rtcpCases).map((packet) => new SrtpSender(SRTP_MASTER).protectRtcp(packet)),
    run: (input) => new SrtpReceiver([SRTP_MASTER], new Map()).unprotectRtcp(input),
  },
  {
    name: "generic-nack",
    corpus: [...bytesOf(genericNackCases), ...bytesOf(badGenericNackCases)],
    run: (bytes) => parseGenericNack(bytes, 256),
  },
  {
    name: "l16",
    corpus: [new Uint8Array(1280), new Uint8Array(3)],
    run: (input) => [parseL16Payload(input, 1), parseL16Payload(input, 2)],
  },
  {
    name: "datagram",
    corpus: [...pictureDatagrams, ...soundDatagrams, ...bytesOf(badDatagramCases)],
    run: (input) => [parsePictureDatagram(input), parseSoundDatagram(input)],
  },
  { name: "sap", corpus: [...bytesOf(sapCases), ...bytesOf(badSapCases)], run: runSap },
  {
    name: "sdp",
    corpus: [...sdpCases, ...badSdpCases]
      .map(({ text }) => Uint8Array.from(Buffer.from(text)))
      .concat(Uint8Array.from(Buffer.from(readSdpVector("ffmpeg-multicast")))),
    run: runSdp,
  },
  {
    name: "control-framing",
    corpus: [
      '{"jsonrpc":"2.0","id":1,"method":"server.hello"}\n',
      '[{"jsonrpc":"2.0","id":"a","method":"clock.ping","params":{"t0":1}},{"jsonrpc":"2.0","method":"x"}]\r\n',
      '{"jsonrpc":"2.0","id":1,"method":"session.report","params":{"sessionId":"1-00","fps":23.9}}\n{"a":[[[[]]]]}\n\n',
    ].map((text) => Uint8Array.from(Buffer.from(text))),
    run: runFraming,
  },
];

export const targets: readonly FuzzTarget[] = table.map((target) => ({
  ...target,
  corpus: target.corpus.filter(({ length }) => length <= MAX_CORPUS_BYTES),
}));

/** A payload that is taken makes a file, whose header parses if its scan does. */
function runJpegPayload(input: Uint8Array): unknown {
  const payload = parseJpegPayload(input);
  if (!payload.ok) return payload;
  const { tables, q, restart, scan } = payload.value;
  assert.ok(scan.length > 0);
  const file = buildJpegFile(
    {
      ...payload.value,
      tables: tables ?? quantizationTables(q),
      restartInterval: restart?.interval ?? 0,
    },
    [scan],
  );
  return [payload, parseJpeg(file), file];
}

/** A file that is taken goes through packets unchanged. */
function runJpegFile(input: Uint8Array): unknown {
  const picture = parseJpeg(input);
  if (!picture.ok) return picture;
  const packets = fragmentFrame(picture.value, {
    maxPacketBytes: 200,
    payloadType: 26,
    ssrc: 1,
    rtpTs: 2,
    firstSeq: 3,
  });
  const chunks = packets.map((packet) => {
    const rtp = parseRtp(packet);
    assert.ok(rtp.ok);
    const payload = parseJpegPayload(rtp.value.payload);
    assert.ok(payload.ok);
    return payload.value.scan;
  });
  assert.ok(Buffer.concat(chunks).equals(picture.value.scan));
  const again = parseJpeg(buildJpegFile(picture.value, chunks));
  assert.deepEqual(again, picture);
  return [picture, chunks];
}

/** What is taken can be written, and then reads the same. */
/** What is announced is parsed as well: that is the way that it takes. */
function runSap(input: Uint8Array): unknown {
  const sap = parseSap(input);
  return sap.ok ? [sap, parseSdp(sap.value.payload)] : sap;
}

function runRtcp(input: Uint8Array): unknown {
  const compound = parseCompound(input);
  if (!compound.ok) return compound;
  const own = compound.value.filter((packet) => packet.kind !== "other");
  const again = parseCompound(buildCompound(own));
  assert.ok(again.ok);
  // A name that is no UTF-8 grows by replacement characters and may be cut: the numbers are what must hold.
  assert.deepEqual(again.value.map(withoutTexts), own.map(withoutTexts));
  return compound;
}

function withoutTexts(packet: object): unknown {
  return JSON.parse(JSON.stringify(packet, (key, value: unknown) => (key === "cname" || key === "reason" ? null : value)));
}

/** The same bytes in one piece and byte by byte make the same messages. */
function runFraming(input: Uint8Array): unknown {
  const whole = framedFrom([input]);
  const bytewise = framedFrom(Array.from(input, (_, at) => input.subarray(at, at + 1)));
  assert.deepEqual(bytewise, whole);
  return whole;
}

/** What is taken can be written, and then names the same streams. */
function runSdp(input: Uint8Array): unknown {
  const session = parseSdp(Buffer.from(input).toString("utf8"));
  if (!session.ok) return session;
  const again = parseSdp(buildSdp(session.value));
  assert.ok(again.ok, again.ok ? "" : again.reason);
  assert.deepEqual(
    [again.value.group, again.value.video?.port, again.value.audio?.port],
    [session.value.group, session.value.video?.port, session.value.audio?.port],
  );
  return session;
}

function bytesOf(cases: readonly { readonly bytes: Uint8Array }[]): readonly Uint8Array[] {
  return cases.map(({ bytes }) => bytes);
}

function ownPackets(): readonly Uint8Array[] {
  return jpegFileCases.flatMap(({ bytes }) => {
    const picture = parseJpeg(bytes);
    return picture.ok
      ? fragmentFrame(picture.value, {
          maxPacketBytes: 300,
          payloadType: 26,
          ssrc: 1,
          rtpTs: 2,
          firstSeq: 65535,
        })
      : [];
  });
}
