/** FFmpeg's own words are kept from the terminal: what goes wrong has one line of ours. Before an encoder or a file is opened, since x264 introduces itself. */

import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";

export function quietEngine(): void {
  Log.setLevel(AV_LOG_FATAL);
}
