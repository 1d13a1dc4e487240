/**
 * Composes the file of one entry: blocks in, in the order in which the reader of the film gave them, clusters of a Matroska file out, and in
 * the end its tail with the index, and its head. Pure.
 */

import { crc32 } from "node:zlib";
import type { EncodedPicture } from "../jpeg-encoder.ts";
import { type EntryFacts, IndexBuilder, MAX_RECORDS } from "./entry-index.ts";
import {
  AUDIO_TRACK,
  type Block,
  blockHead,
  cluster,
  clusterHead,
  cues,
  HEAD_BYTES,
  matroskaHead,
  type Places,
  segmentContentStart,
  tagHead,
  VIDEO_TRACK,
} from "../../../wire/matroska.ts";

/** A cluster is what is written and read at once: about a second of a film, less of a huge one. */
const CLUSTER_US = 1e6;
const CLUSTER_BYTES = 1 << 20;
/** Blocks name their time as a distance of 16 bits from their cluster's: 3.2 s. */
const MOST_BACK_US = 3e6;

type SoundForm = { readonly sampleRateHz: number; readonly channels: number };

export class EntryBuilder {
  readonly #sound: SoundForm | null;
  readonly #index = new IndexBuilder();
  readonly #clusters: { readonly startUs: number; readonly place: number }[] = [];
  #blocks: Block[] = [];
  #clusterBytes = 0;
  /** Where the next cluster goes. */
  #place = HEAD_BYTES;
  #width = 0;
  #height = 0;
  #hasSound = false;

  constructor(sound: SoundForm | null) {
    this.#sound = sound;
  }

  /** Whether the index is full: such a film is not kept. */
  get isFull(): boolean {
    return this.#index.count >= MAX_RECORDS;
  }

  /** Null: a picture that is not sent. Answers what is to be written next, at the end of what there is; null if nothing is. */
  picture(positionUs: number, endUs: number, picture: EncodedPicture | null): Uint8Array | null {
    const { jpeg, quality, width, height } = picture ?? { jpeg: new Uint8Array(0), quality: 0, width: 0, height: 0 };
    const block = { track: VIDEO_TRACK, positionUs, payload: jpeg };
    const written = this.#startCluster(block);
    this.#index.add({ kind: "picture", ...this.#put(block), positionUs, endUs, quality, width, height });
    if (width > this.#width) [this.#width, this.#height] = [width, height];
    return written;
  }

  /** Interleaved samples. Answers as `picture` does. */
  sound(runStartUs: number, offset: number, samples: Int16Array): Uint8Array | null {
    if (this.#sound === null) return null;
    const payload = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const block = { track: AUDIO_TRACK, positionUs: runStartUs + (offset * 1e6) / this.#sound.sampleRateHz, payload };
    const written = this.#startCluster(block);
    this.#index.add({ kind: "sound", ...this.#put(block), runStartUs, offset });
    this.#hasSound = true;
    return written;
  }

  /** What is to be written at the end, and after it at the beginning. */
  finish(facts: Omit<EntryFacts, "headCrc">): { readonly tail: Uint8Array; readonly head: Uint8Array } {
    const last = this.#endCluster();
    const media = {
      title: facts.name,
      durationUs: facts.periodUs,
      picture: this.#width === 0 ? null : { width: this.#width, height: this.#height },
      sound: this.#hasSound ? this.#sound : null,
    };
    const nowhere: Places = { cues: HEAD_BYTES, tags: HEAD_BYTES, end: HEAD_BYTES };
    const cuesTrack = media.picture === null ? AUDIO_TRACK : VIDEO_TRACK;
    const points = cues(cuesTrack, this.#clusters, segmentContentStart(matroskaHead(media, nowhere)));
    const indexBytes = this.#index.build({ ...facts, headCrc: "00000000" }).length;
    const tag = tagHead("STREAMERD_INDEX", indexBytes);
    const tags = this.#place + points.length;
    const head = matroskaHead(media, { cues: this.#place, tags, end: tags + tag.length + indexBytes });
    const index = this.#index.build({ ...facts, headCrc: checksum(head) });
    return { tail: Buffer.concat([last, points, tag, index]), head };
  }

  /** Ends the cluster that this block does not fit into. */
  #startCluster({ positionUs, payload }: Block): Uint8Array | null {
    const [first] = this.#blocks;
    if (first === undefined) return null;
    const distanceUs = Math.max(0, positionUs) - Math.max(0, first.positionUs);
    const fits = distanceUs < CLUSTER_US && distanceUs > -MOST_BACK_US && this.#clusterBytes + payload.length <= CLUSTER_BYTES;
    return fits ? null : this.#endCluster();
  }

  #put(block: Block): { readonly place: number; readonly bytes: number; readonly crc: number } {
    const clusterUs = this.#blocks[0]?.positionUs ?? block.positionUs;
    if (this.#blocks.length === 0) this.#clusterBytes = clusterHead(clusterUs, 0).length;
    this.#blocks.push(block);
    this.#clusterBytes += blockHead(clusterUs, block).length;
    const place = this.#place + this.#clusterBytes;
    this.#clusterBytes += block.payload.length;
    return { place, bytes: block.payload.length, crc: crc32(block.payload) };
  }

  #endCluster(): Uint8Array {
    const [first] = this.#blocks;
    if (first === undefined) return new Uint8Array(0);
    const ended = cluster(this.#blocks);
    this.#clusters.push({ startUs: first.positionUs, place: this.#place });
    this.#place += ended.length;
    this.#blocks = [];
    return ended;
  }
}

/** Of a head, as the index keeps it. */
export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}
