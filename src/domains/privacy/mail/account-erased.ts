import type { MailTemplate, Setting } from '../../../platform/messages/index.ts'

/** `stays`: records of money, enrolments or certificates stand, without a name. */
type Params = {
  readonly erasure_id: string
  readonly erased_at: string
  readonly tables: number
  readonly rows: number
  readonly stays: boolean
  readonly sha256: string
}

/** The certificate of an erasure, the last thing that is said to somebody. */
export const accountErased: MailTemplate<Params> = {
  name: 'account_erased',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: (params, on) => ({
      subject: 'Your account has been erased: certificate',
      paragraphs: [
        `Your ${on.brand} account and what it held have been erased. This mail is the certificate; please keep it.`,
        params.stays
          ? 'What the law asks us to keep, such as payments, stands without your name, address or words. Everything else is gone.'
          : 'Nothing of it was kept.',
      ],
      facts: factsOf(params, on, ['Certificate', 'Erased', 'Records erased', 'SHA-256 of our record']),
      notes: ['You are welcome to come back as somebody new, also with this address.'],
    }),
    sw: (params, on) => ({
      subject: 'Akaunti yako imefutwa: cheti',
      paragraphs: [
        `Akaunti yako ya ${on.brand} na yaliyokuwamo yamefutwa. Barua pepe hii ndiyo cheti; tafadhali ihifadhi.`,
        params.stays
          ? 'Yale ambayo sheria inatutaka tuyatunze, kama malipo, yamebaki bila jina, anwani wala maneno yako. Mengine yote yamefutwa.'
          : 'Hakuna kilichobaki.',
      ],
      facts: factsOf(params, on, [
        'Cheti',
        'Imefutwa',
        'Kumbukumbu zilizofutwa',
        'SHA-256 ya kumbukumbu yetu',
      ]),
      notes: ['Unakaribishwa kurudi kama mtu mpya, hata kwa anwani hii.'],
    }),
    fr: (params, on) => ({
      subject: 'Votre compte a été effacé : certificat',
      paragraphs: [
        `Votre compte ${on.brand} et ce qu’il contenait ont été effacés. Ce message en est le certificat ; conservez-le.`,
        params.stays
          ? 'Ce que la loi nous demande de garder, comme les paiements, reste sans votre nom, votre adresse ni vos mots. Tout le reste a disparu.'
          : 'Rien n’en a été conservé.',
      ],
      facts: factsOf(params, on, [
        'Certificat',
        'Effacé',
        'Enregistrements effacés',
        'SHA-256 de notre registre',
      ]),
      notes: ['Vous pouvez revenir en tant que nouvelle personne, même avec cette adresse.'],
    }),
  },
}

function factsOf(
  { erasure_id, erased_at, rows, sha256 }: Params,
  on: Setting,
  [ofId, ofMoment, ofRows, ofHash]: readonly [string, string, string, string],
): [string, string][] {
  return [
    [ofId, erasure_id],
    [ofMoment, on.moment(erased_at)],
    [ofRows, String(rows)],
    [ofHash, sha256],
  ]
}
