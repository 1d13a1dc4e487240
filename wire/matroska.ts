/**
 * Motion JPEG and PCM in Matroska (RFC 9559), which any player opens: the parts of an entry of the cache, and of a stream.
 * Pure. The head of an entry has a fixed size and is written last; the index that we read ourselves is a tag at the very end.
 */

import { binary, element, elementHead, fixedHead, float, text, unknownHead, unsigned } from "./ebml.ts";

/** A player sees times in steps of 0.1 ms; 16 bits of them reach 3.2 s from the start of a cluster. The exact times stand in the index. */
const TICK_NS = 100_000;
const TICKS_PER_US = 1000 / TICK_NS;
/** Room for everything that stands before the first cluster; what is left of it is void. */
export const HEAD_BYTES = 4096;
/** A name of a film may be long; a title need not be. */
const MAX_TITLE_LENGTH = 200;

export const VIDEO_TRACK = 1;
export const AUDIO_TRACK = 2;

/** Ids of the elements that lie at the top (RFC 9559). */
export const ELEMENT = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  cues: 0x1c53bb6b,
  tags: 0x1254c367,
  void: 0xec,
} as const;

/** The tag is of the whole file: empty. */
const TARGETS = elementHead(0x63c0, 0);

export type MediaFacts = {
  readonly title: string;
  readonly durationUs: number;
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly sound: { readonly sampleRateHz: number; readonly channels: number } | null;
};

/** Where things lie, in bytes from the beginning of the file. */
export type Places = { readonly cues: number; readonly tags: number; readonly end: number };

export type Block = { readonly track: number; readonly positionUs: number; readonly payload: Uint8Array };

/** What stands before the first cluster: exactly HEAD_BYTES. */
export function matroskaHead(facts: MediaFacts, places: Places): Uint8Array {
  const header = ebmlHeader();
  const segmentHead = (end: number): Uint8Array => fixedHead(ELEMENT.segment, end);
  const contentStart = header.length + segmentHead(0).length;
  const info = element(
    ELEMENT.info,
    unsigned(0x2ad7b1, TICK_NS),
    float(0x4489, facts.durationUs * TICKS_PER_US),
    text(0x7ba9, facts.title.slice(0, MAX_TITLE_LENGTH)),
    text(0x4d80, "streamerd"),
    text(0x5741, "streamerd"),
  );
  const tracks = element(ELEMENT.tracks, ...videoTrack(facts.picture), ...audioTrack(facts.sound));
  const seek = (id: number, place: number): Uint8Array =>
    element(0x4dbb, binary(0x53ab, elementHead(id, 0).subarray(0, 4)), unsigned(0x53ac, place - contentStart));
  const seekHeadFor = (infoPlace: number): Uint8Array =>
    element(
      ELEMENT.seekHead,
      seek(ELEMENT.info, infoPlace),
      seek(ELEMENT.tracks, infoPlace + info.length),
      seek(ELEMENT.cues, places.cues),
      seek(ELEMENT.tags, places.tags),
    );
  // Its own length depends on the places that it names, by a byte at most.
  const seekHead = seekHeadFor(contentStart + seekHeadFor(HEAD_BYTES / 2).length);
  const used = Buffer.concat([header, segmentHead(places.end - contentStart), seekHead, info, tracks]);
  const padding = HEAD_BYTES - used.length - fixedHead(ELEMENT.void, 0).length;
  return Buffer.concat([used, fixedHead(ELEMENT.void, padding), Buffer.alloc(padding)]);
}

/** What stands before the first cluster where no end is known, and nobody goes back to fill in a length. */
export function liveHead({ picture, sound }: Pick<MediaFacts, "picture" | "sound">): Uint8Array {
  const info = element(ELEMENT.info, unsigned(0x2ad7b1, TICK_NS), text(0x4d80, "streamerd"), text(0x5741, "streamerd"));
  return Buffer.concat([
    ebmlHeader(),
    unknownHead(ELEMENT.segment),
    info,
    element(ELEMENT.tracks, ...videoTrack(picture), ...audioTrack(sound)),
  ]);
}

function ebmlHeader(): Uint8Array {
  return element(
    ELEMENT.ebml,
    unsigned(0x4286, 1),
    unsigned(0x42f7, 1),
    unsigned(0x42f2, 4),
    unsigned(0x42f3, 8),
    text(0x4282, "matroska"),
    unsigned(0x4287, 4),
    unsigned(0x4285, 2),
  );
}

/** What stands before the blocks of a cluster of so many bytes. */
export function clusterHead(startUs: number, blockBytes: number): Uint8Array {
  const time = unsigned(0xe7, toTicks(startUs));
  return Buffer.concat([fixedHead(ELEMENT.cluster, time.length + blockBytes), time]);
}

/** A cluster of these blocks, of which there is one at least; its time is that of the first. */
export function cluster(blocks: readonly Block[]): Uint8Array {
  const startUs = blocks[0]?.positionUs ?? 0;
  const content = Buffer.concat(blocks.flatMap((block) => [blockHead(startUs, block), block.payload]));
  return Buffer.concat([clusterHead(startUs, content.length), content]);
}

/** What stands before the payload of a block; every one is a key frame. */
export function blockHead(clusterUs: number, { track, positionUs, payload }: Block): Uint8Array {
  const fields = Buffer.alloc(4);
  fields.writeUInt8(0x80 | track, 0);
  fields.writeInt16BE(toTicks(positionUs) - toTicks(clusterUs), 1);
  fields.writeUInt8(0x80, 3);
  return Buffer.concat([fixedHead(0xa3, fields.length + payload.length), fields]);
}

/** Where a player finds a time: one point for each cluster. */
export function cues(
  track: number,
  points: readonly { readonly startUs: number; readonly place: number }[],
  segmentStart: number,
): Uint8Array {
  const point = ({ startUs, place }: { readonly startUs: number; readonly place: number }): Uint8Array =>
    element(0xbb, unsigned(0xb3, toTicks(startUs)), element(0xb7, unsigned(0xf7, track), unsigned(0xf1, place - segmentStart)));
  return Buffer.concat([element(ELEMENT.cues, ...points.map(point))]);
}

/** What stands before the binary value of the one tag, which is the last of the whole file; players pass over it. */
export function tagHead(name: string, length: number): Uint8Array {
  const inner = Buffer.concat([text(0x45a3, name), fixedHead(0x4485, length)]);
  const simpleTag = Buffer.concat([fixedHead(0x67c8, inner.length + length), inner]);
  const tag = Buffer.concat([fixedHead(0x7373, TARGETS.length + simpleTag.length + length), TARGETS, simpleTag]);
  return Buffer.concat([fixedHead(ELEMENT.tags, tag.length + length), tag]);
}

/** Places in a segment count from its content. */
export function segmentContentStart(head: Uint8Array): number {
  const place = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(elementHead(ELEMENT.segment, 0).subarray(0, 4));
  return place + fixedHead(ELEMENT.segment, 0).length;
}

/** Players know no time before 0. */
function toTicks(timeUs: number): number {
  return Math.max(0, Math.round(timeUs * TICKS_PER_US));
}

function videoTrack(picture: MediaFacts["picture"]): readonly Uint8Array[] {
  if (picture === null) return [];
  const video = element(0xe0, unsigned(0xb0, picture.width), unsigned(0xba, picture.height));
  return [
    element(
      0xae,
      unsigned(0xd7, VIDEO_TRACK),
      unsigned(0x73c5, VIDEO_TRACK),
      unsigned(0x83, 1),
      unsigned(0x9c, 0),
      text(0x86, "V_MJPEG"),
      video,
    ),
  ];
}

function audioTrack(sound: MediaFacts["sound"]): readonly Uint8Array[] {
  if (sound === null) return [];
  const audio = element(0xe1, float(0xb5, sound.sampleRateHz), unsigned(0x9f, sound.channels), unsigned(0x6264, 16));
  return [
    element(
      0xae,
      unsigned(0xd7, AUDIO_TRACK),
      unsigned(0x73c5, AUDIO_TRACK),
      unsigned(0x83, 2),
      unsigned(0x9c, 0),
      text(0x86, "A_PCM/INT/LIT"),
      audio,
    ),
  ];
}
