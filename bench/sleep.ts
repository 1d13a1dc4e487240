/** A bench lasts as long as it says: here, unlike in a test, time that passes is the work. */

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
