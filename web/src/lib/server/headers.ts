type Page = {
  readonly secure: boolean
  /** Shown to somebody signed in: no shared cache, and no cache that outlives their session, keeps it. */
  readonly private: boolean
  readonly uploadOrigin: string | null
  /** Frames another page of ours. */
  readonly frames: boolean
}

/** The policy of what may be loaded is the framework's, made in vite.config.ts with a nonce a page. */
export function pageHeaders({ headers }: Response, page: Page): void {
  const all: Record<string, string> = {
    'x-content-type-options': 'nosniff',
    // Pages whose address holds a secret have said so themselves.
    ...(!headers.has('referrer-policy') && { 'referrer-policy': 'strict-origin-when-cross-origin' }),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(page.secure && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
    ...(!headers.has('cache-control') && {
      'cache-control': page.private ? 'private, no-store' : 'private, no-cache',
    }),
  }
  for (const [name, value] of Object.entries(all)) headers.set(name, value)
  if (page.frames) allowFrames(headers)
  const policy = headers.get('content-security-policy')
  if (policy !== null && page.uploadOrigin !== null) {
    headers.set('content-security-policy', widen(policy, page.uploadOrigin))
  }
}

/** Of our own alone. What is framed says for itself what it may load. */
function allowFrames(headers: Headers): void {
  const policy = headers.get('content-security-policy')
  if (policy?.includes("frame-ancestors 'none'"))
    headers.set('content-security-policy', `${policy}; frame-src 'self'`)
}

/** Files go straight to the storage, and pictures may come from it. */
function widen(policy: string, origin: string): string {
  return policy.replace(/(connect-src|img-src) 'self'/g, `$1 'self' ${origin}`)
}
