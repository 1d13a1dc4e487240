/** Sender reports (RFC 3550, section 6.4.1): which sender's clock time belongs to which RTP time, and how much was sent. */

import { readU32, writeU32 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { MAX_COUNT, SENDER_REPORT, buildSection } from "./header.ts";
import type { RtcpSection } from "./header.ts";
import type { NtpTimestamp } from "./ntp.ts";
import { REPORT_BLOCK_BYTES, parseReportBlocks, writeReportBlocks } from "./report-block.ts";
import type { ReportBlock } from "./report-block.ts";

/** SSRC and sender information. */
const FIXED_BYTES = 24;

export type SenderReport = {
  readonly kind: "sender-report";
  readonly ssrc: number;
  readonly ntp: NtpTimestamp;
  /** The same instant in the stream's own clock. */
  readonly rtpTs: number;
  /** Since the session began; both wrap at 32 bits. */
  readonly packetCount: number;
  /** Of payload, without headers and padding. */
  readonly octetCount: number;
  /** At most 31; more are left out when built. */
  readonly reports: readonly ReportBlock[];
};

export function buildSenderReport(report: SenderReport): Uint8Array {
  const blocks = report.reports.slice(0, MAX_COUNT);
  const body = new Uint8Array(FIXED_BYTES + blocks.length * REPORT_BLOCK_BYTES);
  writeU32(body, 0, report.ssrc);
  writeU32(body, 4, report.ntp.seconds);
  writeU32(body, 8, report.ntp.fraction);
  writeU32(body, 12, report.rtpTs);
  writeU32(body, 16, report.packetCount);
  writeU32(body, 20, report.octetCount);
  writeReportBlocks(body, FIXED_BYTES, blocks);
  return buildSection(SENDER_REPORT, blocks.length, body);
}

export function parseSenderReport({ body, count }: RtcpSection): Parsed<SenderReport> {
  const reports = parseReportBlocks(body, FIXED_BYTES, count);
  if (reports === null) return refused("RTCP: sender report cut off");
  return accepted({
    kind: "sender-report",
    ssrc: readU32(body, 0),
    ntp: { seconds: readU32(body, 4), fraction: readU32(body, 8) },
    rtpTs: readU32(body, 12),
    packetCount: readU32(body, 16),
    octetCount: readU32(body, 20),
    reports,
  });
}
