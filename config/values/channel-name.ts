/** What a channel's name may be. */

/** A reason if it may not be that. */
export function channelNameProblem(name: string): string | null {
  return /^[a-z0-9-]{1,32}$/.test(name) ? null : "a channel's name is 1 to 32 characters of a-z, 0-9 and -; rename the channel";
}
