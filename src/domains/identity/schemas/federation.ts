import { Type } from 'typebox'
import { Closed, Nullable, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { Accepted } from './legal.ts'

export const Providers = Closed({
  items: Type.Array(
    Closed({
      name: Type.String({ description: 'In addresses' }),
      label: Type.String({ description: 'For people' }),
    }),
  ),
})

export const ProviderParams = Closed({ provider: Type.String({ pattern: '^[a-z][a-z0-9]{0,29}$' }) })

const ReturnTo = Type.Optional(
  Type.String({ maxLength: 1000, description: 'A path of this site to come back to; default /' }),
)

export const AuthorizationRequest = Closed({ return_to: ReturnTo, accepted: Type.Optional(Accepted) })

export const LinkRequest = Closed({ return_to: ReturnTo })

export const Authorization = Closed({
  url: Type.String({ description: 'Where to send the browser, within ten minutes' }),
})

/** What a provider adds to the address: code and state, and whatever else it likes to (OpenID Connect Core, 3.1.2.5). */
export const CallbackQuery = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 4096 }), {
  maxProperties: 30,
  properties: {}, // The API's description lists parameters by name: there are none to list.
})

export const Identity = Closed({
  identity_id: Uuid,
  provider: Type.String(),
  email: Nullable(Type.String({ description: 'As the provider told it last' })),
  created_at: Timestamp,
  last_used_at: Nullable(Timestamp),
})
export const Identities = Closed({ items: Type.Array(Identity) })
export const IdentityParams = Closed({ identity_id: Uuid })
