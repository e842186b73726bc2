/** Where a picture is served: ours are keys of the storage, others whole addresses. */
export function pictureUrl(keyOrUrl: string): string {
  return /^(?:https?:|\/)/.test(keyOrUrl) ? keyOrUrl : `/media/${keyOrUrl}`
}
