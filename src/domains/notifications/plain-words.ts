import type { NoticeText } from '../../platform/facts/index.ts'
import type { Language } from '../../platform/languages.ts'
import type { NotificationType } from '../identity/index.ts'

/**
 * What is said where a notice's own words cannot be made: something is missing, or this release does not know the fact. In
 * English it is also what the row itself holds, so that no text of a person is ever stored there.
 */
export const PLAIN_WORDS: Readonly<Record<NotificationType, Readonly<Record<Language, NoticeText>>>> = {
  account: {
    en: { title: 'News about your account', message: 'Something about your account has changed.' },
    sw: { title: 'Habari za akaunti yako', message: 'Kuna mabadiliko kwenye akaunti yako.' },
    fr: { title: 'Du nouveau sur votre compte', message: 'Quelque chose a changé sur votre compte.' },
  },
  security: {
    en: { title: 'About the safety of your account', message: 'Please look at your security settings.' },
    sw: { title: 'Kuhusu usalama wa akaunti yako', message: 'Tafadhali angalia mipangilio yako ya usalama.' },
    fr: {
      title: 'Sécurité de votre compte',
      message: 'Merci de regarder vos paramètres de sécurité.',
    },
  },
  learning: {
    en: { title: 'News about your learning', message: 'Something new waits in your programs.' },
    sw: { title: 'Habari za masomo yako', message: 'Kuna jambo jipya katika programu zako.' },
    fr: { title: 'Du nouveau dans vos parcours', message: 'Une nouveauté vous attend dans vos programmes.' },
  },
  coaching: {
    en: { title: 'News about your coaching', message: 'Something about your coaching has changed.' },
    sw: { title: 'Habari za ukocha wako', message: 'Kuna mabadiliko kwenye ukocha wako.' },
    fr: { title: 'Du nouveau sur votre coaching', message: 'Quelque chose a changé dans votre coaching.' },
  },
  events: {
    en: { title: 'News about an event', message: 'Something about one of your events has changed.' },
    sw: { title: 'Habari za tukio', message: 'Kuna mabadiliko kwenye mojawapo ya matukio yako.' },
    fr: {
      title: 'Du nouveau sur un événement',
      message: 'Quelque chose a changé pour un de vos événements.',
    },
  },
  community: {
    en: { title: 'News from the community', message: 'Something new waits for you in the community.' },
    sw: { title: 'Habari za jumuiya', message: 'Kuna jambo jipya linakusubiri kwenye jumuiya.' },
    fr: { title: 'Du nouveau dans la communauté', message: 'Une nouveauté vous attend dans la communauté.' },
  },
  messages: {
    en: { title: 'You have a message', message: 'Somebody has written to you.' },
    sw: { title: 'Una ujumbe', message: 'Kuna aliyekuandikia.' },
    fr: { title: 'Vous avez un message', message: 'Quelqu’un vous a écrit.' },
  },
  commerce: {
    en: { title: 'About a payment', message: 'Something about a payment of yours has changed.' },
    sw: { title: 'Kuhusu malipo', message: 'Kuna mabadiliko kwenye malipo yako.' },
    fr: { title: 'À propos d’un paiement', message: 'Quelque chose a changé pour un de vos paiements.' },
  },
  partners: {
    en: { title: 'News from a partner', message: 'Something about a partner organisation has changed.' },
    sw: { title: 'Habari za mshirika', message: 'Kuna mabadiliko kwenye shirika mshirika.' },
    fr: { title: 'Du nouveau chez un partenaire', message: 'Quelque chose a changé chez un partenaire.' },
  },
  marketing: {
    en: { title: 'News from the network', message: 'We have something that may interest you.' },
    sw: { title: 'Habari kutoka kwenye mtandao', message: 'Tuna jambo linaloweza kukuvutia.' },
    fr: { title: 'Des nouvelles du réseau', message: 'Nous avons quelque chose qui peut vous intéresser.' },
  },
}

/** For who is gone, hidden, or nobody. */
export const SOMEBODY: Readonly<Record<Language, string>> = {
  en: 'Somebody',
  sw: 'Mtu fulani',
  fr: 'Quelqu’un',
}
