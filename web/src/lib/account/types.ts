import type { paths } from '#lib/api/generated/openapi.d.ts'

type Body<P extends keyof paths> = paths[P] extends {
  post: { requestBody: { content: { 'application/json': infer B } } }
}
  ? B
  : never
type Made<P extends keyof paths> = paths[P] extends {
  post: { responses: { 201: { content: { 'application/json': infer B } } } }
}
  ? B
  : never
type SecondFactorWanted =
  paths['/api/v1/auth/login']['post']['responses']['202']['content']['application/json']

/** What a passkey answers. */
export type Passkey = Body<'/api/v1/auth/passkey'>['passkey']
export type PasskeyRequest = Made<'/api/v1/auth/passkey-challenges'>
export type PasskeyCreation = Made<'/api/v1/me/passkeys/challenges'>
/** Half a sign-in. */
export type Half = SecondFactorWanted['second_factor']
