import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly days: number }

/** No link to the file itself: whoever reads the mail must be signed in to get it. */
export const dataExported: MailTemplate<Params> = {
  name: 'data_exported',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ days }, on) => ({
      subject: 'Your data is ready to be downloaded',
      paragraphs: [
        `You asked for what ${on.brand} keeps of you. It is packed and can be downloaded for ${days} days.`,
      ],
      action: { label: 'Go to my data', url: on.url('/settings/data') },
      notes: ['If you did not ask for it, sign out your other devices and set a new password.'],
    }),
    sw: ({ days }, on) => ({
      subject: 'Data yako iko tayari kupakuliwa',
      paragraphs: [
        `Uliomba yale ambayo ${on.brand} inahifadhi kukuhusu. Yamefungashwa na yanaweza kupakuliwa kwa siku ${days}.`,
      ],
      action: { label: 'Nenda kwenye data yangu', url: on.url('/settings/data') },
      notes: ['Kama si wewe uliyeomba, toa vifaa vyako vingine na uweke nenosiri jipya.'],
    }),
    fr: ({ days }, on) => ({
      subject: 'Vos données sont prêtes à être téléchargées',
      paragraphs: [
        `Vous avez demandé ce que ${on.brand} garde de vous. Le fichier est prêt et peut être téléchargé pendant ${days} jours.`,
      ],
      action: { label: 'Voir mes données', url: on.url('/settings/data') },
      notes: [
        'Si vous n’avez rien demandé, déconnectez vos autres appareils et choisissez un nouveau mot de passe.',
      ],
    }),
  },
}
