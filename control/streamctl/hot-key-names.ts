// PURE. How people write hot keys: `quality` for `video.quality`.

export function isHotKey(word: string, hotKeys: readonly string[]): boolean {
  return hotKeys.some((key) => key === word || lastPart(key) === word);
}

export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}
