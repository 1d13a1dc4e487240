// The stream of a channel where nobody configures another one (a test holds it against the configuration's table, which this program does not load).
export const USUAL_STREAM = { name: "", profile: "rtp", maxPacketBytes: 1400, maxFrameBytes: 65_507 } as const;
