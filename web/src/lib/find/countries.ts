import { countryName, region } from '#lib/i18n/index.ts'

/** Where nearly all of what can be found is: the states of Africa, ISO 3166-1 alpha-2. */
const AFRICA =
  'DZ AO BJ BW BF BI CV CM CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW'

type Option = { readonly value: string; readonly label: string }

/** By their names in the page's language; `any` stands first and for none. `chosen` is there, wherever it is. */
export function africanCountries(any: string, chosen = ''): readonly Option[] {
  const codes = new Set([...AFRICA.split(' '), ...(/^[A-Z]{2}$/.test(chosen) ? [chosen] : [])])
  const collator = new Intl.Collator(region())
  const named = [...codes].map((value) => ({ value, label: countryName(value) }))
  return [{ value: '', label: any }, ...named.sort((a, b) => collator.compare(a.label, b.label))]
}
