/**
 * Matroska (RFC 9559) for who reads along: a segment without an end, in which each picture leaves as soon as it is there, as it came, with the sound
 * before it. Whoever reads too slowly loses whole clusters, oldest first; times stay true.
 */

import type { BytesOut } from "../../../control/receive-request.ts";
import { AUDIO_TRACK, VIDEO_TRACK, cluster, liveHead } from "../../../wire/matroska.ts";
import type { Block } from "../../../wire/matroska.ts";
import type { Size } from "../../reassemble/picture-assembler.ts";
import type { FileForm, RecordedFile } from "./recorded-file.ts";

/** Half a minute of a usual channel: a player may read nothing while it begins. */
const MOST_WAITING_BYTES = 16 << 20;
/** What was handed over can no longer be left out: enough for the largest picture, and no more. */
const MOST_HANDED_BYTES = 1 << 18;
/** Sound does not wait longer for a picture. */
const MOST_SOUND_US = 100_000;
/** After a time without anything another cluster begins: blocks name their time as a distance of 16 bits from their cluster's, 3.2 s. */
const MOST_CLUSTER_US = 1_000_000;

/** `size`: of the first picture; a JPEG carries its own. */
export function createLiveMkv(form: FileForm, size: Size, out: BytesOut): RecordedFile {
  const { audio } = form;
  const rate = audio?.sampleRateHz ?? 1;
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  let blocks: Block[] = [];

  /** What the reader does not take yet, beyond so much, stays here. */
  const handOver = (mostHanded: number): void => {
    for (let [next] = waiting; next !== undefined && out.waiting() <= mostHanded; [next] = waiting) {
      waiting.shift();
      waitingBytes -= next.length;
      bytes += next.length;
      out.write(next);
    }
  };

  const endCluster = (): void => {
    if (blocks.length === 0) return;
    const ended = cluster(blocks);
    blocks = [];
    waiting.push(ended);
    waitingBytes += ended.length;
    while (waitingBytes > MOST_WAITING_BYTES) waitingBytes -= waiting.shift()?.length ?? waitingBytes;
    handOver(MOST_HANDED_BYTES);
  };

  const put = (block: Block): void => {
    if (block.positionUs - (blocks[0]?.positionUs ?? block.positionUs) > MOST_CLUSTER_US) endCluster();
    blocks.push(block);
  };

  const head = liveHead({ picture: form.hasPicture ? size : null, sound: audio });
  bytes += head.length;
  out.write(head);
  return {
    picture: ({ jpeg }, atMs) => {
      put({ track: VIDEO_TRACK, positionUs: atMs * 1000, payload: jpeg });
      endCluster();
    },
    sound: (samples, first) => {
      const positionUs = (first * 1e6) / rate;
      const payload = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      put({ track: AUDIO_TRACK, positionUs, payload });
      if (positionUs - (blocks[0]?.positionUs ?? 0) >= MOST_SOUND_US) endCluster();
    },
    bytes: () => bytes,
    close: () => {
      endCluster();
      handOver(Infinity);
    },
  };
}
