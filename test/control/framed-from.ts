import { createFraming, framingLimits, type Framed, type Framing } from "../../control/framing.ts";

/** What is framed from these chunks and their end. Without blank lines: how often they are told depends on the chunks. */
export function framedFrom(chunks: readonly Uint8Array[], limits = framingLimits): readonly Framed[] {
  const framing = createFraming(limits);
  const framed = chunks.flatMap((chunk) => {
    framing.push(chunk);
    return takeAll(framing);
  });
  framing.end();
  return [...framed, ...takeAll(framing)].filter(({ kind }) => kind !== "blank");
}

export function takeAll(framing: Framing): readonly Framed[] {
  const taken: Framed[] = [];
  for (let next = framing.next(); next !== null; next = framing.next()) taken.push(next);
  return taken;
}
