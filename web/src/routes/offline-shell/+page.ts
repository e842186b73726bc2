// Kept by the service worker for when there is no network: the same for everybody, in no language until it is shown.
export const csr = false
