import type { Notice } from '../../platform/facts/index.ts'
import type { Language } from '../../platform/languages.ts'
import { ALERT_TEXTS } from './mail/alert-raised.ts'
import type { AlertKind } from './queries/alerts.ts'

/** What people are told of the platform itself; what is urgent is mailed where it is found. */
export const analyticsNotices: readonly Notice[] = [
  {
    fact: 'analytics.alert_raised',
    type: 'security',
    urgent: true,
    channels: ['push'],
    sample: { kind: 'failed_sign_ins' },
    texts: { en: wordsIn('en'), sw: wordsIn('sw'), fr: wordsIn('fr') },
    path: ({ reference_id }) => (reference_id === null ? '/admin/audit' : `/admin/audit/${reference_id}`),
  },
]

function wordsIn(language: Language): Notice['texts'][Language] {
  return ({ param }) => {
    const [title, message] = ALERT_TEXTS[language][param('kind') as AlertKind]
    return { title, message }
  }
}
