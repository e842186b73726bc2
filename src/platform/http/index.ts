export type { Access, Authenticate } from './access.ts'
export { readCookie } from './cookies.ts'
export { PROOF_MS } from './guard.ts'
export { networkOf } from './network.ts'
export { NotReady, type ReadinessCheck } from './probes.ts'
export {
  Closed,
  Language,
  Money,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Problem,
  Slug,
  Timestamp,
  Uuid,
} from './schemas.ts'
export { type SendOptions, sendJson, sendMoved } from './send.ts'
export { buildServer, type MountedRoutes, type Server, type ServerOptions } from './server.ts'
export { clearSessionCookie, SESSION_COOKIE, setSessionCookie, tokenFromCookies } from './session-cookie.ts'
export { closeServer } from './shutdown.ts'
