/** Receiver reports (RFC 3550, section 6.4.2). Ours go over the control channel instead; strangers send these. */

import { readU32, writeU32 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { MAX_COUNT, RECEIVER_REPORT, buildSection } from "./header.ts";
import type { RtcpSection } from "./header.ts";
import { REPORT_BLOCK_BYTES, parseReportBlocks, writeReportBlocks } from "./report-block.ts";
import type { ReportBlock } from "./report-block.ts";

const FIXED_BYTES = 4;

export type ReceiverReport = {
  readonly kind: "receiver-report";
  /** Of the one who reports. */
  readonly ssrc: number;
  /** At most 31; more are left out when built. */
  readonly reports: readonly ReportBlock[];
};

export function buildReceiverReport(report: ReceiverReport): Uint8Array {
  const blocks = report.reports.slice(0, MAX_COUNT);
  const body = new Uint8Array(FIXED_BYTES + blocks.length * REPORT_BLOCK_BYTES);
  writeU32(body, 0, report.ssrc);
  writeReportBlocks(body, FIXED_BYTES, blocks);
  return buildSection(RECEIVER_REPORT, blocks.length, body);
}

export function parseReceiverReport({ body, count }: RtcpSection): Parsed<ReceiverReport> {
  const reports = parseReportBlocks(body, FIXED_BYTES, count);
  if (reports === null) return refused("RTCP: receiver report cut off");
  return accepted({ kind: "receiver-report", ssrc: readU32(body, 0), reports });
}
