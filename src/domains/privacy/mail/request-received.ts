import type { MailTemplate } from '../../../platform/messages/index.ts'
import type { RequestKind } from '../schemas/requests.ts'
import { KIND_WORDS } from './request-words.ts'

type Params = { readonly kind: RequestKind; readonly due_at: string }

export const requestReceived: MailTemplate<Params> = {
  name: 'privacy_request_received',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ kind, due_at }, on) => ({
      subject: 'We have received your privacy request',
      paragraphs: [
        `You asked ${on.brand} for ${KIND_WORDS.en[kind]}. We will answer by ${on.moment(due_at)} at the latest.`,
      ],
      action: { label: 'See my request', url: on.url('/settings/requests') },
      notes: ['If it was not you who asked, change your password and tell us.'],
    }),
    sw: ({ kind, due_at }, on) => ({
      subject: 'Tumepokea ombi lako la faragha',
      paragraphs: [
        `Umeomba ${on.brand}: ${KIND_WORDS.sw[kind]}. Tutakujibu ifikapo ${on.moment(due_at)} au kabla yake.`,
      ],
      action: { label: 'Ona ombi langu', url: on.url('/settings/requests') },
      notes: ['Ikiwa si wewe uliyeomba, badilisha nywila yako na utuambie.'],
    }),
    fr: ({ kind, due_at }, on) => ({
      subject: 'Nous avons reçu votre demande',
      paragraphs: [
        `Vous avez demandé à ${on.brand} ${KIND_WORDS.fr[kind]}. Nous répondrons au plus tard le ${on.moment(due_at)}.`,
      ],
      action: { label: 'Voir ma demande', url: on.url('/settings/requests') },
      notes: ['Si cette demande ne vient pas de vous, changez votre mot de passe et écrivez-nous.'],
    }),
  },
}
