import { authenticate, readOnBehalf } from '../domains/identity/index.ts'
import type { Authenticate, RecordReadOnBehalf } from '../platform/http/index.ts'
import type { Services } from '../platform/services.ts'

export { PERMISSIONS, watchMaintenance } from '../domains/identity/index.ts'

/** Who a session token stands for. */
export function authenticator(services: Services): Authenticate {
  return (token) => authenticate(services, token)
}

/** The trace of what a super admin reads as somebody else. */
export function recorderOnBehalf(services: Services): RecordReadOnBehalf {
  return (actor, route) => readOnBehalf(services, actor, route)
}
