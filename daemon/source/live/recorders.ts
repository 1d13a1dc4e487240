/** The output of `arecord -L` → microphones. Pure. */

export type RecorderName = { readonly source: string; readonly name: string };

/** Other names are filters and converters of ALSA, or devices that play. */
const RECORDERS = /^(default|pulse|pipewire|jack|sysdefault:.*|plughw:.*|hw:.*)$/;

/** A name stands at the beginning of a line; indented lines after it describe it. */
export function parseRecorders(text: string): readonly RecorderName[] {
  const found: { source: string; name: string }[] = [];
  let current: { source: string; name: string } | null = null;
  for (const line of text.split("\n")) {
    const isName = line !== "" && !/^\s/.test(line);
    if (isName) {
      current = RECORDERS.test(line.trim()) ? { source: `mic:${line.trim()}`, name: "" } : null;
      if (current !== null) found.push(current);
    } else if (current !== null && line.trim() !== "") {
      current.name = current.name === "" ? line.trim() : `${current.name}, ${line.trim()}`;
    }
  }
  return found;
}
