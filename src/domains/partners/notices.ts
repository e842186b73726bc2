import type { Db } from '../../platform/db/index.ts'
import type { Fact, Notice, Told } from '../../platform/facts/index.ts'
import { holdersInvited, inviters, namedPartners } from './queries/notices.ts'

const PARTNER = {
  type: 'partners',
  subjects: namedPartners,
  nameless: { en: 'a partner', sw: 'mshirika', fr: 'un partenaire' },
  path: (_fact, partner) => (partner?.slug ? `/partners/${partner.slug}` : null),
} as const satisfies Partial<Notice>

/** What people are told of organisations; the invitation itself is mailed, since only its link opens the door. */
export const partnersNotices: readonly Notice[] = [
  {
    fact: 'partners.invitation_sent',
    ...PARTNER,
    channels: ['push'],
    audience: (db, facts) => told(db, facts, holdersInvited),
    texts: {
      en: ({ subject }) => ({
        title: 'You are invited to act for a partner',
        message: `“${subject}” asks you to join. The link is in your mail.`,
      }),
      sw: ({ subject }) => ({
        title: 'Umealikwa kuwakilisha mshirika',
        message: `“${subject}” wanakuomba ujiunge. Kiungo kipo kwenye barua pepe yako.`,
      }),
      fr: ({ subject }) => ({
        title: 'On vous invite à représenter un partenaire',
        message: `« ${subject} » vous propose de rejoindre l’équipe. Le lien est dans vos e-mails.`,
      }),
    },
  },
  {
    fact: 'partners.invitation_accepted',
    ...PARTNER,
    channels: ['email', 'push'],
    audience: (db, facts) => told(db, facts, inviters),
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} has accepted`,
        message: `${actor} now acts for “${subject}” with you.`,
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} amekubali`,
        message: `${actor} sasa anawakilisha “${subject}” pamoja nawe.`,
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} a accepté`,
        message: `${actor} représente désormais « ${subject} » avec vous.`,
      }),
    },
  },
]

async function told(db: Db, facts: readonly Fact[], who: typeof inviters): Promise<Told[]> {
  const idOf = ({ params }: Fact) => String(params.invitation_id)
  const people = Map.groupBy(await who(db, facts.map(idOf)), ({ invitation_id }) => invitation_id)
  return facts.flatMap((fact) =>
    (people.get(idOf(fact)) ?? []).map(({ user_id }) => ({ fact_id: fact.fact_id, user_id })),
  )
}
