import { Type } from 'typebox'
import { Closed, Nullable, Timestamp, Uuid } from '../../../platform/http/index.ts'

const PhoneNumber = Type.String({
  // ITU-T E.164: a country code, which never begins with 0, and 15 digits at most in all.
  pattern: '^\\+[1-9][0-9]{6,14}$',
  maxLength: 16,
  description: 'In E.164: +254700000000, without spaces',
  examples: ['+254700000000'],
})

export const PhoneRequest = Closed({ phone_number: PhoneNumber })
export const PhoneCode = Closed({ code: Type.String({ pattern: '^[0-9]{6}$', description: 'Six digits' }) })
export const PhoneParams = Closed({ user_id: Uuid })

export const Phone = Closed({
  phone_number: Nullable(Type.String({ description: 'The number that is proven to be yours' })),
  pending: Nullable(
    Closed({
      phone_number: Type.String({ description: 'Masked' }),
      code_expires_at: Nullable(Timestamp),
      attempts_left: Type.Integer(),
    }),
  ),
})

export const ReadablePhone = Closed({ user_id: Uuid, phone_number: Type.String() })
