import type { MailTemplate } from '../../../platform/messages/index.ts'

/** `reason` in staff's own words, 500 characters at most, or null. */
type Params = { readonly reason: string | null }

export const accountSuspended: MailTemplate<Params> = {
  name: 'account_suspended',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ reason }, on) => ({
      subject: 'Your account is suspended',
      paragraphs: [
        `An administrator has suspended your ${on.brand} account. You are signed out everywhere and cannot sign in for now. Nothing of yours has been deleted.`,
      ],
      ...(reason !== null && { facts: [['Reason', reason]] as const }),
      action: { label: 'Ask for a review', url: on.url('/help') },
    }),
    sw: ({ reason }, on) => ({
      subject: 'Akaunti yako imesimamishwa',
      paragraphs: [
        `Msimamizi amesimamisha akaunti yako ya ${on.brand}. Umetolewa kwenye vifaa vyote na huwezi kuingia kwa sasa. Hakuna chako kilichofutwa.`,
      ],
      ...(reason !== null && { facts: [['Sababu', reason]] as const }),
      action: { label: 'Omba uamuzi upitiwe upya', url: on.url('/help') },
    }),
    fr: ({ reason }, on) => ({
      subject: 'Votre compte est suspendu',
      paragraphs: [
        `Un administrateur a suspendu votre compte ${on.brand}. Vous êtes déconnecté partout et ne pouvez pas vous connecter pour le moment. Rien n’a été supprimé.`,
      ],
      ...(reason !== null && { facts: [['Motif', reason]] as const }),
      action: { label: 'Demander un réexamen', url: on.url('/help') },
    }),
  },
}
