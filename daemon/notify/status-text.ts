/** PURE. What `systemctl status` shows of the daemon: each channel with its frame rate, and how many receive, in one line. */

/** `fps` is null while nothing has been measured. */
export type ShownChannel = { readonly name: string; readonly state: string; readonly fps: number | null; readonly clients: number };

/** With more of them the line tells how many are in which state. */
const MOST_NAMED = 4;

/** `refusal`: why the configuration was not taken up last time; null if it was. */
export function statusText(channels: readonly ShownChannel[], refusal: string | null): string {
  const clients = channels.reduce((sum, channel) => sum + channel.clients, 0);
  const what = channels.length > MOST_NAMED ? countStates(channels) : channels.map(describe).join(", ");
  const kept = refusal === null ? "" : `configuration refused, the one before stays: ${refusal}; `;
  return `${kept}${what}; ${clients} ${clients === 1 ? "client" : "clients"}`;
}

function describe({ name, state, fps }: ShownChannel): string {
  return fps === null || state !== "playing" ? `${name} ${state}` : `${name} playing ${fps.toFixed(1)} FPS`;
}

function countStates(channels: readonly ShownChannel[]): string {
  const counts = new Map<string, number>();
  for (const { state } of channels) counts.set(state, (counts.get(state) ?? 0) + 1);
  const fps = channels.reduce((sum, channel) => sum + (channel.state === "playing" ? (channel.fps ?? 0) : 0), 0);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  return `${channels.length} channels: ${states}, ${fps.toFixed(1)} FPS in all`;
}
