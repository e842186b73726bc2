/** Who acts. Always an argument, never ambient; `null` in its place means anonymous. */
export type Actor = {
  readonly userId: string
  readonly roles: readonly string[]
  readonly sessionId: string
}
