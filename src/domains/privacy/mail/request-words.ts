import type { Language } from '../../../platform/languages.ts'
import type { RequestKind } from '../schemas/requests.ts'

/** What each right is called in a sentence: "your request for …". */
export const KIND_WORDS: Readonly<Record<Language, Readonly<Record<RequestKind, string>>>> = {
  en: {
    access: 'access to your data',
    erasure: 'erasure of your data',
    rectification: 'correction of your data',
    restriction: 'restricted use of your data',
    objection: 'an end to a use of your data (objection)',
    portability: 'a copy of your data to take elsewhere',
  },
  sw: {
    access: 'kuona data yako',
    erasure: 'kufutwa kwa data yako',
    rectification: 'kurekebishwa kwa data yako',
    restriction: 'kuwekewa mipaka matumizi ya data yako',
    objection: 'kusitishwa kwa matumizi ya data yako (pingamizi)',
    portability: 'nakala ya data yako ya kupeleka kwingine',
  },
  fr: {
    access: 'l’accès à vos données',
    erasure: 'l’effacement de vos données',
    rectification: 'la rectification de vos données',
    restriction: 'la limitation de l’usage de vos données',
    objection: 'la fin d’un usage de vos données (opposition)',
    portability: 'une copie de vos données à emporter',
  },
}
