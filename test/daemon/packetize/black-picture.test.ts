import assert from "node:assert/strict";
import { test } from "node:test";
import jpegTurbo from "@julusian/jpeg-turbo";
import { blackPicture } from "../../../daemon/packetize/black-picture.ts";
import { parseJpeg } from "../../../wire/jpeg/index.ts";

test("a black picture of any width and quality is a JPEG of 16:9 that decodes to black, and can go by RTP", () => {
  for (const width of [16, 500, 640, 2040]) {
    for (const quality of [1, 50, 80, 99]) {
      const jpeg = blackPicture(width, quality);
      assert.ok(parseJpeg(jpeg).ok);
      const { data, width: decodedWidth, height } = jpegTurbo.decompressSync(Buffer.from(jpeg), { format: jpegTurbo.FORMAT_RGB });
      assert.deepEqual([decodedWidth, height], [width, Math.max(2, Math.round((width * 9) / 16))]);
      assert.ok(data.every((value) => value <= 2));
    }
  }
});
