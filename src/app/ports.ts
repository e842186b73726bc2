import { authenticate } from '../domains/identity/index.ts'
import type { Authenticate } from '../platform/http/index.ts'
import type { Services } from '../platform/services.ts'

export { PERMISSIONS, watchMaintenance } from '../domains/identity/index.ts'

/** Who a session token stands for. */
export function authenticator(services: Services): Authenticate {
  return (token) => authenticate(services, token)
}
