import { type TSchema, Type } from 'typebox'
import { Closed, Currency, Line, Nullable, OneOf, Timestamp } from '../../../platform/http/index.ts'
import { PersonCard } from './people.ts'

const Sentence = Line(500)
const Days = Type.Integer({ minimum: 1, maximum: 30 })

/** Every setting that there is, and what it takes. A new one gets its row, with its first value, by a migration. */
export const SETTINGS = {
  'platform.maintenance_mode': Type.Boolean(),
  'platform.registration_open': Type.Boolean(),
  'platform.support_email': Nullable(
    Type.String({ pattern: '^[^@\\s\\p{Cc}\\p{Cf}]+@[^@\\s\\p{Cc}\\p{Cf}]+$', maxLength: 255 }),
  ),
  'platform.announcement': Nullable(Closed({ en: Sentence, sw: Sentence, fr: Sentence })),
  'billing.default_currency': Currency,
  /** By right: within how many days it is answered. The law leaves a month. */
  'privacy.request_due_days': Closed({
    access: Days,
    erasure: Days,
    rectification: Days,
    restriction: Days,
    objection: Days,
    portability: Days,
  }),
} satisfies Record<string, TSchema>

export type SettingKey = keyof typeof SETTINGS

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[]

const Key = OneOf(SETTING_KEYS)

/** Those that everybody may read, by their keys. */
export const PublicSettings = Type.Partial(Closed(SETTINGS), { additionalProperties: false })

export const Setting = Closed({
  key: Key,
  value: Type.Unknown(),
  description: Nullable(Type.String()),
  is_public: Type.Boolean(),
  updated_at: Timestamp,
  updated_by: Nullable(PersonCard),
})

export const Settings = Closed({ items: Type.Array(Setting) })

export const SettingPath = Closed({ key: Type.String({ pattern: '^[a-z_.]{1,100}$' }) })

export const SettingChange = Closed({
  value: Type.Unknown({ description: 'What this setting takes: see the reply of GET /settings' }),
})
