import { Type } from 'typebox'
import { Closed, Language, Nullable } from '../../../platform/http/index.ts'

const Words = Closed({
  title: Type.String(),
  message: Type.String(),
  action: Nullable(Type.String()),
  problem: Nullable(
    Type.String({ description: 'Why its own words could not be made: these are the plain ones' }),
  ),
})

const SHOWN = {
  fact: Type.String(),
  type: Type.String(),
  urgent: Type.Boolean({ description: 'Passes quiet hours, and waits for no digest' }),
  channels: Type.Array(Type.String(), {
    description: 'Beside the list in the application, unless switched off',
  }),
  parameters: Type.Array(
    Closed({ name: Type.String(), has_sample: Type.Boolean({ description: 'false: shown by its name' }) }),
  ),
  texts: Closed({ en: Words, sw: Words, fr: Words }),
} as const

export const Templates = Closed({ items: Type.Array(Closed(SHOWN)) })
export const TemplatePath = Closed({
  fact: Type.String({ pattern: '^[a-z_]+\\.[a-z_]+$', maxLength: 60 }),
})
export const Template = Closed({
  ...SHOWN,
  ways: Type.Array(
    Closed({
      language: Language,
      mail: Closed({ subject: Type.String(), text: Type.String(), html: Type.String() }),
      sms: Closed({ text: Type.String(), segments: Type.Integer() }),
      push: Closed({ title: Type.String(), text: Type.String() }),
    }),
  ),
})
