/** What has to be looked at once a second, all of it at one moment: each timer by itself would be a wake-up of this thread. */

const looks = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

/** Calls `look` once a second, for the first time within a second. Returns what ends it. */
export function eachSecond(look: () => void): () => void {
  // One that is given twice is called twice.
  const own = (): void => look();
  looks.add(own);
  timer ??= setInterval(() => looks.forEach((each) => each()), 1000);
  return () => {
    looks.delete(own);
    if (looks.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
