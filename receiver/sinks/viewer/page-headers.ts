/** The headers of everything that the viewer answers: what the page may load, and that no other site may have it. */

/** `socketOrigin`: where the page's WebSocket is; not every browser takes it for 'self' (CSP 3, section 6.7.2.8). Null: this is no page. */
export function headersFor(socketOrigin: string | null): Readonly<Record<string, string>> {
  const connect = socketOrigin === null ? "'none'" : `'self' ${socketOrigin}`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    // Alone in its process (and with a clock of 5 µs instead of 100): nothing of another site shares its memory.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
  };
}
