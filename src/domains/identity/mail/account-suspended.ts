import type { MailTemplate, Setting } from '../../../platform/messages/index.ts'

/** `reason` in staff's own words, 500 characters at most, or null; `until` (ISO 8601) where it ends by itself. */
type Params = { readonly reason: string | null; readonly until: string | null }

export const accountSuspended: MailTemplate<Params> = {
  name: 'account_suspended',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: (params, on) => ({
      subject: 'Your account is suspended',
      paragraphs: [
        `An administrator has suspended your ${on.brand} account. You are signed out everywhere and cannot sign in for now. Nothing of yours has been deleted.`,
      ],
      facts: factsOf(params, on, ['Reason', 'Until']),
      action: { label: 'Ask for a review', url: on.url('/help') },
    }),
    sw: (params, on) => ({
      subject: 'Akaunti yako imesimamishwa',
      paragraphs: [
        `Msimamizi amesimamisha akaunti yako ya ${on.brand}. Umetolewa kwenye vifaa vyote na huwezi kuingia kwa sasa. Hakuna chako kilichofutwa.`,
      ],
      facts: factsOf(params, on, ['Sababu', 'Hadi']),
      action: { label: 'Omba uamuzi upitiwe upya', url: on.url('/help') },
    }),
    fr: (params, on) => ({
      subject: 'Votre compte est suspendu',
      paragraphs: [
        `Un administrateur a suspendu votre compte ${on.brand}. Vous êtes déconnecté partout et ne pouvez pas vous connecter pour le moment. Rien n’a été supprimé.`,
      ],
      facts: factsOf(params, on, ['Motif', 'Jusqu’au']),
      action: { label: 'Demander un réexamen', url: on.url('/help') },
    }),
  },
}

function factsOf(
  { reason, until }: Params,
  on: Setting,
  [ofReason, ofUntil]: readonly [string, string],
): [string, string][] {
  return [
    ...(reason === null ? [] : ([[ofReason, reason]] satisfies [string, string][])),
    ...(until === null ? [] : ([[ofUntil, on.moment(until)]] satisfies [string, string][])),
  ]
}
