import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly at: string }

/** Their number was proven by somebody else. Neither that person nor the number is named. */
export const phoneReleased: MailTemplate<Params> = {
  name: 'phone_released',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ at }, on) => ({
      subject: 'Your phone number was removed',
      paragraphs: [
        `On ${on.moment(at)} the phone number of your ${on.brand} account was confirmed from another account with a code sent to that number. A number can belong to one account only, so it was removed from yours.`,
      ],
      action: { label: 'Review my phone number', url: on.url('/settings/security') },
      notes: [
        'If you gave the number up, there is nothing to do. If it is still yours, ask your operator whether someone has a second SIM card, then add it again.',
      ],
    }),
    sw: ({ at }, on) => ({
      subject: 'Namba yako ya simu imeondolewa',
      paragraphs: [
        `Tarehe ${on.moment(at)} namba ya simu ya akaunti yako ya ${on.brand} ilithibitishwa na akaunti nyingine kwa msimbo uliotumwa kwenye namba hiyo. Namba moja inaweza kuwa ya akaunti moja tu, kwa hiyo imeondolewa kwenye yako.`,
      ],
      action: { label: 'Kagua namba yangu ya simu', url: on.url('/settings/security') },
      notes: [
        'Ikiwa huitumii tena namba hiyo, huna haja ya kufanya lolote. Ikiwa bado ni yako, muulize mtoa huduma wako kama kuna mtu mwenye laini ya pili, kisha iongeze tena.',
      ],
    }),
    fr: ({ at }, on) => ({
      subject: 'Votre numéro de téléphone a été retiré',
      paragraphs: [
        `Le ${on.moment(at)}, le numéro de téléphone de votre compte ${on.brand} a été confirmé depuis un autre compte, au moyen d’un code envoyé à ce numéro. Un numéro ne peut appartenir qu’à un seul compte : il a donc été retiré du vôtre.`,
      ],
      action: { label: 'Vérifier mon numéro', url: on.url('/settings/security') },
      notes: [
        'Si vous avez abandonné ce numéro, vous n’avez rien à faire. S’il est toujours le vôtre, demandez à votre opérateur si quelqu’un détient une seconde carte SIM, puis ajoutez-le de nouveau.',
      ],
    }),
  },
}
