export type { Access, Authenticate } from './access.ts'
export { clientAddress, headerOfProxy } from './client-address.ts'
export { hostCookieName, readCookie, setHostCookie } from './cookies.ts'
export type { Gate } from './gate.ts'
export { bearerToken, PROOF_MS } from './guard.ts'
export { LIMITS, type LimitClass, type LimitRules } from './limits.ts'
export { networkOf } from './network.ts'
export type { RecordReadOnBehalf } from './on-behalf.ts'
export { NotReady, type ReadinessCheck } from './probes.ts'
export type { RouteRule } from './route-rules.ts'
export {
  Closed,
  Country,
  Currency,
  HttpsLink,
  IdempotencyHeaders,
  Language,
  Line,
  Money,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Patch,
  Problem,
  Prose,
  Slug,
  Timestamp,
  TimeZone,
  Uuid,
} from './schemas.ts'
export { expectedTags, type SendOptions, sendJson, sendMoved } from './send.ts'
export {
  buildServer,
  type MountedRoutes,
  type PageHandler,
  type Server,
  type ServerOptions,
} from './server.ts'
export {
  clearSessionCookie,
  isSecure,
  SESSION_COOKIE,
  setSessionCookie,
  tokenFromCookies,
} from './session-cookie.ts'
export { closeServer } from './shutdown.ts'
