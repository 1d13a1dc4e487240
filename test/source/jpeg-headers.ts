/** Reads the headers of a JPEG, for tests (ITU-T T.81, B.2). */

export type JpegHeaders = {
  readonly width: number;
  readonly height: number;
  readonly startOfFrame: number;
  readonly sampling: readonly number[];
  readonly scans: number;
  readonly firstQuantizers: readonly number[];
  readonly huffmanLengths: readonly number[];
  readonly restartInterval: number;
};

export function parseJpegForTest(jpeg: Uint8Array): JpegHeaders {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let [width, height, startOfFrame, scans, restartInterval] = [0, 0, 0, 0, 0];
  const [sampling, firstQuantizers, huffmanLengths]: [number[], number[], number[]] = [[], [], []];
  for (let at = 2; at + 4 <= jpeg.length;) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (marker === 0xdb) for (let table = at + 4; table < end; table += 65) firstQuantizers.push(view.getUint8(table + 1));
    if (marker === 0xc4) {
      for (let table = at + 4; table < end;) {
        let count = 0;
        for (let bits = 1; bits <= 16; bits++) count += view.getUint8(table + bits);
        huffmanLengths.push(count);
        table += 17 + count;
      }
    }
    if (marker >= 0xc0 && marker <= 0xc2) {
      startOfFrame = marker;
      height = view.getUint16(at + 5);
      width = view.getUint16(at + 7);
      for (let component = at + 10; component < end; component += 3) sampling.push(view.getUint8(component + 1));
    }
    if (marker === 0xdd) restartInterval = view.getUint16(at + 4);
    at = end;
    if (marker === 0xda) {
      scans++;
      break;
    }
  }
  const rest = Buffer.from(jpeg).subarray(-2).toString("hex");
  if (rest !== "ffd9") throw new Error(`the JPEG ends with ${rest}`);
  return {
    width,
    height,
    startOfFrame,
    sampling,
    scans,
    firstQuantizers,
    huffmanLengths: huffmanLengths.sort((a, b) => a - b),
    restartInterval,
  };
}
