/** Metrics of the channels: what each sends, how late, and what is in its way. Pure. */

import { channelStates } from "../../control/contract/channel.ts";
import { LATENESS_BOUNDS_MS } from "../send/lateness-histogram.ts";
import type { Metric, Sample } from "./metric.ts";
import type { ChannelSnapshot, MetricsSnapshot } from "./snapshot.ts";

const LATENESS_BOUNDS_SECONDS = LATENESS_BOUNDS_MS.map((ms) => ms / 1000);

/** One sample for each channel; null: it has none now. */
function perChannel(read: (channel: ChannelSnapshot) => number | null): (snapshot: MetricsSnapshot) => readonly Sample[] {
  return ({ channels }) =>
    channels.flatMap((channel) => {
      const value = read(channel);
      return value === null ? [] : [{ labels: [channel.shown.name], value }];
    });
}

const CHANNEL = ["channel"] as const;

export const channelMetrics: readonly Metric[] = [
  {
    name: "streamerd_channels",
    type: "gauge",
    labels: ["state"],
    doc: "Channels in each state.",
    read: ({ channels }) =>
      channelStates.map((state) => ({ labels: [state], value: channels.filter(({ shown }) => shown.state === state).length })),
  },
  {
    name: "streamerd_channel_state",
    type: "gauge",
    labels: ["channel", "state"],
    doc: "1 for the state that the channel is in, 0 for the others.",
    read: ({ channels }) =>
      channels.flatMap(({ shown }) =>
        channelStates.map((state) => ({ labels: [shown.name, state], value: shown.state === state ? 1 : 0 })),
      ),
  },
  {
    name: "streamerd_frames_sent_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Pictures of the source of which the system took the first packet; repetitions are counted apart.",
    read: perChannel(({ statistics }) => statistics.framesSent),
  },
  {
    name: "streamerd_frames_repeated_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Times that the last picture was sent again because there was no new one.",
    read: perChannel(({ statistics }) => statistics.framesRepeated),
  },
  {
    name: "streamerd_frames_dropped_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Pictures that were too late to be of use.",
    read: perChannel(({ statistics }) => statistics.framesDropped),
  },
  {
    name: "streamerd_frames_refused_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Pictures that were not sent because they are no JPEG that RTP can carry.",
    read: perChannel(({ statistics }) => statistics.badPictures),
  },
  {
    name: "streamerd_frames_requantised_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Pictures encoded below the configured quality or width, because of maxFrameBytes.",
    read: perChannel(({ shown }) => shown.counters.oversizeReencoded),
  },
  {
    name: "streamerd_frame_rate_target",
    type: "gauge",
    labels: CHANNEL,
    doc: "Pictures a second that are meant to be sent; none while it is not known.",
    read: perChannel(({ shown }) => shown.pacing.targetFps),
  },
  {
    name: "streamerd_first_packet_lateness_seconds",
    type: "histogram",
    labels: CHANNEL,
    doc: "How long after its due time the first packet of each new picture left.",
    read: ({ channels }) =>
      channels.map(({ shown, statistics: { latenessHistogram } }) => ({
        labels: [shown.name],
        bounds: LATENESS_BOUNDS_SECONDS,
        atMost: latenessHistogram.atMost,
        count: latenessHistogram.count,
        sum: latenessHistogram.sumMs / 1000,
      })),
  },
  {
    name: "streamerd_audio_blocks_sent_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Packets of sound, those that the system did not take included.",
    read: perChannel(({ statistics }) => statistics.audioBlocksSent),
  },
  {
    name: "streamerd_audio_blocks_silent_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Packets of sound that were filled with silence because nothing else was there.",
    read: perChannel(({ statistics }) => statistics.silentBlocks),
  },
  {
    name: "streamerd_packets_sent_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Packets of both streams that the system took, RTCP included; each once, however many interfaces it is sent on.",
    read: perChannel(({ shown }) => shown.counters.packetsSent),
  },
  {
    name: "streamerd_sent_bytes_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Bytes of UDP payload of these packets.",
    read: perChannel(({ shown }) => shown.counters.bytesSent),
  },
  {
    name: "streamerd_packets_retransmitted_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Packets sent again to receivers that had lost them.",
    read: perChannel(({ shown }) => shown.counters.packetsRetransmitted),
  },
  {
    name: "streamerd_send_errors_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Packets that the system did not take.",
    read: perChannel(({ shown }) => shown.counters.sendErrors),
  },
  {
    name: "streamerd_queue_frames",
    type: "gauge",
    labels: CHANNEL,
    doc: "Pictures that wait in the daemon for their time.",
    read: perChannel(({ statistics }) => statistics.queuedFrames),
  },
  {
    name: "streamerd_queue_audio_seconds",
    type: "gauge",
    labels: CHANNEL,
    doc: "Sound that waits in the daemon for its time.",
    read: perChannel(({ statistics }) => statistics.queuedSoundMs / 1000),
  },
  {
    name: "streamerd_source_restarts_total",
    type: "counter",
    labels: CHANNEL,
    doc: "Times that a source process died or hung and was replaced.",
    read: perChannel(({ shown }) => shown.counters.sourceRestarts),
  },
  {
    name: "streamerd_interface_up",
    type: "gauge",
    labels: ["channel", "interface"],
    doc: "1 where the interface, as it is configured, takes the channel's packets; 0 where it does not.",
    read: ({ channels }) =>
      channels.flatMap(({ shown, interfaces }) =>
        interfaces.map(({ wanted, isCutOff }) => ({ labels: [shown.name, wanted], value: isCutOff ? 0 : 1 })),
      ),
  },
  {
    name: "streamerd_foreign_senders",
    type: "gauge",
    labels: CHANNEL,
    doc: "Other hosts that send to the channel's group.",
    read: perChannel(({ shown }) => shown.foreignSenders?.length ?? 0),
  },
];
