/** What an entry depends on beside the film and the settings: another version of it makes every entry anew. */

/**
 * The number grows with a change of what comes out of decoding, scaling, encoding or resampling. The packages' versions stand beside it,
 * since another decoder may give other pixels (test/source/cache-key.test.ts holds them against package.json).
 */
export const ENCODER_VERSION = "6, node-av 6.1.1, @julusian/jpeg-turbo 3.0.1";
