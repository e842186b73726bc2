import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly closed: boolean }

/** To who has not signed in for two years: first that the account will be closed, thirty days later that it is. */
export const accountUnused: MailTemplate<Params> = {
  name: 'account_unused',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ closed }, on) => ({
      subject: closed ? 'Your account has been closed' : 'Do you still need your account?',
      paragraphs: closed
        ? [
            `Nobody has used your ${on.brand} account for more than two years, so it is closed now and will be erased in some weeks. Sign in before then and we will mail you a link that keeps it.`,
          ]
        : [
            `Nobody has used your ${on.brand} account for two years. We do not keep data longer than it is needed: if you do not sign in within thirty days, we will close the account and then erase it.`,
          ],
      action: { label: closed ? 'Keep my account' : 'Sign in', url: on.url('/sign-in') },
    }),
    sw: ({ closed }, on) => ({
      subject: closed ? 'Akaunti yako imefungwa' : 'Je, bado unaihitaji akaunti yako?',
      paragraphs: closed
        ? [
            `Akaunti yako ya ${on.brand} haijatumika kwa zaidi ya miaka miwili, kwa hiyo sasa imefungwa na itafutwa baada ya wiki kadhaa. Ukiingia kabla ya hapo tutakutumia kiungo cha kuihifadhi.`,
          ]
        : [
            `Akaunti yako ya ${on.brand} haijatumika kwa miaka miwili. Hatuhifadhi data kwa muda mrefu kuliko unavyohitajika: usipoingia ndani ya siku thelathini, tutaifunga akaunti kisha kuifuta.`,
          ],
      action: { label: closed ? 'Hifadhi akaunti yangu' : 'Ingia', url: on.url('/sign-in') },
    }),
    fr: ({ closed }, on) => ({
      subject: closed ? 'Votre compte a été fermé' : 'Avez-vous encore besoin de votre compte ?',
      paragraphs: closed
        ? [
            `Votre compte ${on.brand} n’a pas servi depuis plus de deux ans : il est désormais fermé et sera effacé dans quelques semaines. Connectez-vous avant, et nous vous enverrons un lien pour le conserver.`,
          ]
        : [
            `Votre compte ${on.brand} n’a pas servi depuis deux ans. Nous ne gardons pas de données plus longtemps que nécessaire : sans connexion de votre part sous trente jours, nous fermerons le compte puis l’effacerons.`,
          ],
      action: { label: closed ? 'Garder mon compte' : 'Me connecter', url: on.url('/sign-in') },
    }),
  },
}
