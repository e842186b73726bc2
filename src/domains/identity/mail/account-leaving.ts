import type { MailTemplate } from '../../../platform/messages/index.ts'
import { mailboxLink } from './mailbox-link.ts'

/** The longest that an account waits before it is purged; the database decides whether the link still opens something. */
const WAY_BACK_SECONDS = 30 * 86_400

type Params = {
  /** When the way back ends, and the account is erased (ISO 8601). */
  readonly until: string
}

/** To who asked for their account to be deleted, and to who signs in to it meanwhile. */
export const accountLeaving: MailTemplate<Params, { token: string }> = {
  name: 'account_leaving',
  channel: 'email',
  causedBy: 'account',
  prepare: mailboxLink('mail.keep_account', WAY_BACK_SECONDS),
  texts: {
    en: ({ token, until }, on) => ({
      subject: 'Your account is about to be deleted',
      paragraphs: [
        `Your ${on.brand} account is closed: nobody sees it any more, and you are signed out everywhere. On ${on.moment(until)} everything in it is erased for good.`,
        'If you have changed your mind, or it was not you who asked for it, open the account again. Then set a new password if somebody else may know yours.',
      ],
      action: { label: 'Keep my account', url: on.url('/keep-account', { token }) },
      notes: ['The link works until the account is erased. Do not pass it on.'],
    }),
    sw: ({ token, until }, on) => ({
      subject: 'Akaunti yako inakaribia kufutwa',
      paragraphs: [
        `Akaunti yako ya ${on.brand} imefungwa: hakuna anayeiona tena, na umetolewa kwenye vifaa vyote. Tarehe ${on.moment(until)} kila kilichomo kitafutwa kabisa.`,
        'Kama umebadili mawazo, au si wewe uliyeomba, fungua akaunti tena. Kisha weka nenosiri jipya kama kuna mtu mwingine anayeweza kulijua lako.',
      ],
      action: { label: 'Hifadhi akaunti yangu', url: on.url('/keep-account', { token }) },
      notes: ['Kiungo hiki kinafanya kazi hadi akaunti ifutwe. Usimpe mtu mwingine.'],
    }),
    fr: ({ token, until }, on) => ({
      subject: 'Votre compte va être supprimé',
      paragraphs: [
        `Votre compte ${on.brand} est fermé : plus personne ne le voit et vous êtes déconnecté partout. Tout ce qu’il contient sera effacé pour toujours : ${on.moment(until)}.`,
        'Si vous avez changé d’avis, ou si la demande ne vient pas de vous, rouvrez le compte. Choisissez ensuite un nouveau mot de passe si quelqu’un d’autre peut connaître le vôtre.',
      ],
      action: { label: 'Garder mon compte', url: on.url('/keep-account', { token }) },
      notes: ['Le lien fonctionne jusqu’à ce que le compte soit effacé. Ne le transmettez à personne.'],
    }),
  },
}
