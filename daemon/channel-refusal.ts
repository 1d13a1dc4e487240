/** Something that a channel cannot do as things stand: the message is for the operator who asked. */

export class ChannelRefusal extends Error {}

export function refuseBeyondEnd(positionMs: number, film: string, durationMs: number): ChannelRefusal {
  return new ChannelRefusal(`${seconds(positionMs)} lies past the end of ${film} (${seconds(durationMs)})`);
}

function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}
