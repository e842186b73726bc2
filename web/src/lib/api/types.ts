import type { paths } from './generated/openapi.d.ts'

type Paths = keyof paths
type Operation<P extends Paths, M extends keyof paths[P]> = paths[P][M]
type JsonOf<O> = O extends { responses: { 200: { content: { 'application/json': infer B } } } } ? B : never

/** What GET of a path answers. */
export type Reply<P extends Paths> = JsonOf<Operation<P, 'get'>>
/** One of a list. */
export type ItemOf<P extends Paths> = Reply<P> extends { items: readonly (infer I)[] } ? I : never

export type Me = Reply<'/api/v1/me'>

/** Of who is signed in, what every page needs: small, since each page carries it. */
export type Viewer = {
  readonly id: string
  readonly name: string
  readonly username: string | null
  readonly photo: string | null
  readonly roles: readonly string[]
}

/** The body of every refusal (RFC 9457). */
export type Problem = {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[]
  readonly request_id?: string
}
