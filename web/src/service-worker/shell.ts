/**
 * The offline page in each language, with its styles within; it needs no script. The rest of the parts is kept as it
 * is used, so that nobody pays for pages they never open.
 */
export const OFFLINE_PAGES = ['/offline-shell', '/sw/offline-shell', '/fr/offline-shell']
