import type { Language } from '../../../platform/languages.ts'
import type { MailTemplate } from '../../../platform/messages/index.ts'
import type { AlertKind } from '../queries/alerts.ts'

type Params = { readonly kind: string; readonly log_id: string | null }

/** What is told, in the application as by mail: what happened, and nobody's name. */
export const ALERT_TEXTS: Readonly<
  Record<Language, Readonly<Record<AlertKind, readonly [title: string, text: string]>>>
> = {
  en: {
    failed_sign_ins: [
      'Many failed sign-ins',
      'More than five sign-ins to one account were refused within an hour.',
    ],
    bulk_export: [
      'Data of many people was taken',
      'Somebody of staff exported, or read, data of many people.',
    ],
    money_volume: [
      'Unusual money volume',
      'In one currency, today moved more than three times the busiest of the last thirty days.',
    ],
    role_change: ['A role was changed', 'Somebody was given a role, or lost one.'],
    schema_change: [
      'The database schema changed',
      'A migration was applied, or the schema was changed past the migrations.',
    ],
    sms_budget: [
      'The budget for SMS comes to its end',
      'Four fifths of what SMS may cost this month are spent, or all of it: then only codes are still sent.',
    ],
  },
  sw: {
    failed_sign_ins: [
      'Majaribio mengi ya kuingia yameshindwa',
      'Zaidi ya majaribio matano ya kuingia kwenye akaunti moja yamekataliwa ndani ya saa moja.',
    ],
    bulk_export: ['Data za watu wengi zimechukuliwa', 'Mfanyakazi amepakua, au amesoma, data za watu wengi.'],
    money_volume: [
      'Kiasi cha fedha kisicho cha kawaida',
      'Katika sarafu moja, leo zimepita zaidi ya mara tatu ya siku yenye shughuli nyingi zaidi katika siku thelathini zilizopita.',
    ],
    role_change: ['Jukumu limebadilishwa', 'Mtu amepewa jukumu, au amepoteza jukumu.'],
    schema_change: [
      'Muundo wa hifadhidata umebadilika',
      'Mabadiliko rasmi yametekelezwa, au muundo umebadilishwa nje ya mabadiliko rasmi.',
    ],
    sms_budget: [
      'Bajeti ya SMS inakaribia kuisha',
      'Asilimia themanini ya bajeti ya SMS ya mwezi huu imetumika, au yote: hapo ni misimbo tu inayotumwa.',
    ],
  },
  fr: {
    failed_sign_ins: [
      'Nombreuses connexions refusées',
      'Plus de cinq connexions à un même compte ont été refusées en une heure.',
    ],
    bulk_export: [
      'Les données de nombreuses personnes ont été extraites',
      'Un membre de l’équipe a exporté, ou lu, les données de nombreuses personnes.',
    ],
    money_volume: [
      'Volume d’argent inhabituel',
      'Dans une devise, la journée dépasse le triple de la plus forte des trente derniers jours.',
    ],
    role_change: ['Un rôle a changé', 'Une personne a reçu un rôle, ou en a perdu un.'],
    schema_change: [
      'Le schéma de la base a changé',
      'Une migration a été appliquée, ou le schéma a été modifié en dehors des migrations.',
    ],
    sms_budget: [
      'Le budget des SMS touche à sa fin',
      'Les quatre cinquièmes du budget SMS du mois sont dépensés, ou sa totalité : seuls les codes partent alors encore.',
    ],
  },
}

const ACTIONS: Readonly<Record<Language, string>> = {
  en: 'Open the audit',
  sw: 'Fungua kumbukumbu za ukaguzi',
  fr: 'Ouvrir le journal d’audit',
}

export const alertRaised: MailTemplate<Params> = {
  name: 'alert_raised',
  channel: 'email',
  causedBy: 'account',
  texts: { en: letterIn('en'), sw: letterIn('sw'), fr: letterIn('fr') },
}

function letterIn(language: Language): MailTemplate<Params>['texts'][Language] {
  return ({ kind, log_id }, on) => {
    const [subject, text] = ALERT_TEXTS[language][kind as AlertKind]
    const page = log_id === null ? '/admin/audit' : `/admin/audit/${log_id}`
    return { subject, paragraphs: [text], action: { label: ACTIONS[language], url: on.url(page) } }
  }
}
