// PURE. An IPv4 address that came by an IPv6 socket (RFC 4291, section 2.5.5.2), as what it is; any other as it came.
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, "");
}
