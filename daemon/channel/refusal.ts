/** Something that a channel cannot do as things stand: the message is for the operator who asked. */

export class ChannelRefusal extends Error {}

export function refuseIdle(channel: string): ChannelRefusal {
  return new ChannelRefusal(`channel ${channel} is idle: its source starts when somebody joins (onDemand)`);
}

export function refuseBeyondEnd(positionMs: number, film: string, durationMs: number): ChannelRefusal {
  return new ChannelRefusal(`${seconds(positionMs)} is no place in ${film}, which ends at ${seconds(durationMs)}`);
}

function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}
