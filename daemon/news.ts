/** What happens in the daemon, told to the log and to who has subscribed to it on the control channel. */

import type { ControlServer } from "../control/server/server.ts";
import type { ChannelNews } from "./channel/news.ts";
import type { Log } from "./log/log.ts";
import type { LogLine } from "./log/ring.ts";

export type Publish = ControlServer["publish"];

export function tellChannelNews(channel: string, news: ChannelNews, log: Log, publish: Publish): void {
  switch (news.kind) {
    case "state": {
      const { state, reason, publicReason } = news;
      // Why a live source is away has just been told as a warning.
      const isTold = reason === null || state === "no-signal";
      log[state === "failed" ? "error" : "info"]({ channel }, isTold ? state : `${state}: ${reason}`);
      return publish("channel.state", { channel, state, reason: publicReason });
    }
    case "picture": {
      const { width, height, quality } = news.picture;
      return publish("channel.picture", { channel, width, height, quality });
    }
    case "settings":
      if (news.keys.includes("video.fps")) publish("pacing.changed", { channel, fps: news.fps, reason: "the rate was set" });
      return;
    case "adapted": {
      const { capFps, reason } = news;
      log.info(
        { channel },
        `${capFps === null ? "no limit on the rate any more" : `at most ${capFps.toFixed(1)} frames a second`}: ${reason}`,
      );
      return publish("pacing.changed", { channel, fps: capFps, reason });
    }
    case "warning":
      return log.warn({ channel }, news.text);
    case "info":
      return log.info({ channel }, news.text);
  }
}

/** `line` has just been logged. */
export function tellLogLine({ level, channel, text }: LogLine, publish: Publish): void {
  publish("log.line", { level, channel, text });
  if (level === "warn" || level === "error" || level === "fatal") publish("log.warning", { channel, text });
}
