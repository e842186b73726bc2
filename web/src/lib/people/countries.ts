import { countryName, region } from '#lib/i18n/index.ts'

/** ISO 3166-1, Africa first: that is where most of our people are. */
const AFRICA =
  'DZ AO BJ BW BF BI CV CM CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR MU YT MA MZ NA NE NG RE RW SH ST SN SC SL SO ZA SS SD TZ TG TN UG EH ZM ZW'
const ELSEWHERE =
  'AF AX AL AS AD AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BM BT BO BQ BA BV BR IO BN BG KH CA KY CL CN CX CC CO CK CR HR CU CW CY CZ DK DM DO EC SV EE FK FO FJ FI FR GF PF TF GE DE GI GR GL GD GP GU GT GG GY HT HM VA HN HK HU IS IN ID IR IQ IE IM IL IT JM JP JE JO KZ KI KP KR KW KG LA LV LB LI LT LU MO MY MV MT MH MQ MX FM MD MC MN ME MS MM NR NP NL NC NZ NI NU NF MK MP NO OM PK PW PS PA PG PY PE PH PN PL PT PR QA RO RU BL KN LC MF PM VC WS SM SA RS SG SX SK SI SB GS ES LK SR SJ SE CH SY TW TJ TH TL TK TO TT TR TM TC TV UA AE GB US UM UY UZ VU VE VN VG VI WF YE'

type Option = { readonly value: string; readonly label: string }

export function countryOptions(none: string): readonly Option[] {
  return [{ value: '', label: none }, ...named(AFRICA), ...named(ELSEWHERE)]
}

function named(codes: string): readonly Option[] {
  const collator = new Intl.Collator(region())
  return codes
    .split(' ')
    .map((value) => ({ value, label: countryName(value) }))
    .sort((a, b) => collator.compare(a.label, b.label))
}
