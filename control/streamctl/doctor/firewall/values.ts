// PURE. What rules compare with: addresses with a prefix, ranges of ports, names of interfaces.

/** Whether the IPv4 address lies in `239.0.0.0/8` (or is the one that is written). */
export function isInPrefix(address: string, prefix: string): boolean {
  const [base = "", length = "32"] = prefix.split("/");
  const bits = length.includes(".") ? maskLength(length) : Number(length);
  if (bits === 0) return true;
  const shift = 32 - bits;
  return toNumber(address) >>> shift === toNumber(base) >>> shift;
}

export function isInRange(address: string, from: string, to: string): boolean {
  return toNumber(address) >= toNumber(from) && toNumber(address) <= toNumber(to);
}

/** `eth+` or `eth*` is every name that begins so. */
export function isInterface(name: string, pattern: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function toNumber(address: string): number {
  return address.split(".").reduce((value, part) => ((value << 8) | Number(part)) >>> 0, 0);
}

function maskLength(mask: string): number {
  return toNumber(mask).toString(2).split("1").length - 1;
}
