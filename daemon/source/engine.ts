/** All that decodes, draws and encodes: loaded when it is needed, since a film that comes from the cache needs none of it. */

export { limitEngineLog } from "./engine-log.ts";
export { openFileReader } from "./file-reader.ts";
export { createJpegEncoder } from "./jpeg-encoder.ts";
export { openTestFilmReader } from "./test-film/reader.ts";
export { openSlateReader } from "./slate/reader.ts";
