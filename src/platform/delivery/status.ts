/**
 * Whether an enhanced status code (RFC 3463) says that an address takes no mail any more: it, its mailbox or its domain is
 * not there. A full mailbox (5.2.2), a mail that is too large, a policy or a reputation (5.7) may be another thing tomorrow.
 */
export function isGoneStatus(status: string): boolean {
  return /^5\.(?:1\.\d{1,3}|2\.1|4\.4|0\.0)$/.test(status)
}
