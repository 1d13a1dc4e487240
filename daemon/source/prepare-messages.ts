/** What crosses between streamctl and the process that fills the cache: one JSON object a line, a request down and reports up. Pure. */

import * as v from "valibot";
import { sourceCacheSchema, sourceFormatSchema } from "./message-schemas.ts";

export const prepareRequestSchema = v.strictObject({
  /** Files and directories. */
  names: v.pipe(v.array(v.string()), v.minLength(1)),
  format: sourceFormatSchema,
  cache: sourceCacheSchema,
});

export const prepareReportSchema = v.variant("kind", [
  /** `share` of the film that is done, null while its length is not known. */
  v.strictObject({ kind: v.literal("progress"), path: v.string(), index: v.number(), count: v.number(), share: v.nullable(v.number()) }),
  v.strictObject({ kind: v.picklist(["made", "there"]), path: v.string() }),
  v.strictObject({ kind: v.literal("failed"), path: v.string(), reason: v.string() }),
]);

export type PrepareRequest = v.InferOutput<typeof prepareRequestSchema>;
export type PrepareReport = v.InferOutput<typeof prepareReportSchema>;
