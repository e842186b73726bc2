import type { Language } from '../languages.ts'

export type Furniture = {
  readonly greeting: string
  /** Above the bare address, for mail programs that show no button. */
  readonly instead: string
  readonly footer: string
}

/**
 * What every mail says around its letter. It greets nobody by name: whoever registers with a stranger's address would
 * otherwise have us send that stranger whatever they typed as their name.
 */
export const FURNITURE: Readonly<Record<Language, Furniture>> = {
  en: {
    greeting: 'Hello,',
    instead: 'If the button does not work, open this address in your browser:',
    footer:
      'This message was sent automatically; replies are not read. We never ask for your password or a code by e-mail or phone.',
  },
  sw: {
    greeting: 'Habari,',
    instead: 'Kitufe kisipofanya kazi, fungua anwani hii kwenye kivinjari chako:',
    footer:
      'Ujumbe huu umetumwa na mfumo; majibu hayasomwi. Hatutakuomba kamwe nenosiri lako wala msimbo kwa barua pepe au kwa simu.',
  },
  fr: {
    greeting: 'Bonjour,',
    instead: 'Si le bouton ne fonctionne pas, ouvrez cette adresse dans votre navigateur :',
    footer:
      'Ce message est envoyé automatiquement ; les réponses ne sont pas lues. Nous ne vous demandons jamais votre mot de passe ni un code par e-mail ou par téléphone.',
  },
}
