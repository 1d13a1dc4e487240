/** RTCP (RFC 3550, section 6): reports, CNAME, BYE, and the NTP timestamps in them. */

export { buildCompound, parseCompound } from "./compound.ts";
export type { OwnRtcpPacket, RtcpPacket } from "./compound.ts";
export { buildGenericNack, parseGenericNack } from "./generic-nack.ts";
export type { GenericNack } from "./generic-nack.ts";
export type { Goodbye } from "./goodbye.ts";
export { ntpFromUnixMs, ntpMiddle, unixMsFromNtp } from "./ntp.ts";
export type { NtpTimestamp } from "./ntp.ts";
export type { ReceiverReport } from "./receiver-report.ts";
export type { ReportBlock } from "./report-block.ts";
export type { SenderReport } from "./sender-report.ts";
export type { DescriptionChunk, SourceDescription } from "./source-description.ts";
