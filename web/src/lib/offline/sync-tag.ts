/** The service worker sends under this name when the network is back and no page is open. */
export const SYNC_TAG = 'offline-writes'
