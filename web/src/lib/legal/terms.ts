import type { Locale } from '#lib/i18n/locale.ts'
import type { LegalText } from './text.ts'

/** Version 1 of the terms of use. */
export const TERMS: Readonly<Record<Locale, LegalText>> = {
  en: {
    version: '1',
    title: 'Terms of use',
    summary: 'What you may expect of us, and what we and everybody here expect of you.',
    sections: [
      {
        title: 'Your account',
        paragraphs: [
          'You may have an account if you are at least 16 years old. Give a name that people know you by and an e-mail address that is yours. One person has one account; do not lend it to others.',
          'Keep your password to yourself. What is done in your account counts as done by you until you tell us that somebody else has got in.',
        ],
      },
      {
        title: 'What you publish',
        paragraphs: [
          'Your posts, comments, photos and projects stay yours. You allow us to store them, to show them to those whom your settings name, and to make smaller copies of pictures. This ends when you delete them, except where others have quoted you.',
          'Publish only what you have the right to publish.',
        ],
      },
      {
        title: 'How we treat each other',
        paragraphs: [
          'No hatred, threats, harassment, fraud, unwanted advertising, or sexual content. Do not pretend to be somebody else. Do not gather other members’ data, and do not try to break or overload the platform.',
          'We may remove what breaks these rules and suspend an account, for a time or for good. We tell you why by mail, and you can ask for a review at the help page; somebody else than the first person looks at it again.',
        ],
      },
      {
        title: 'Programs, coaching, events and payments',
        paragraphs: [
          'Prices are shown before you pay, in their currency and with taxes that we must add. For paid programs you can ask for your money back within 14 days if you have opened less than a fifth of the lessons.',
          'A coaching session can be moved or cancelled free of charge until 24 hours before it begins. Coaches and partners are responsible for what they offer; we choose coaches with care, but a session is not medical, legal or financial advice.',
        ],
      },
      {
        title: 'What we promise, and what we cannot',
        paragraphs: [
          'We work to keep the platform open, safe and light on data. We cannot promise that it is never down, nor that a program or a coach brings you a certain result. We are liable for harm that we cause on purpose or by gross negligence, and wherever the law does not let us limit it.',
        ],
      },
      {
        title: 'Ending and changing',
        paragraphs: [
          'You can close your account at any time. We may change these terms; we tell you by mail at least 30 days before, and ask you to agree again where a change touches your rights.',
          'Kenyan law applies. If you use the platform as a consumer elsewhere, the protection of the law where you live stays with you. Courts in Nairobi decide, unless the law gives you another one.',
        ],
      },
    ],
  },
  sw: {
    version: '1',
    title: 'Masharti ya matumizi',
    summary: 'Unachoweza kutarajia kutoka kwetu, na tunachotarajia sisi na kila mtu hapa kutoka kwako.',
    sections: [
      {
        title: 'Akaunti yako',
        paragraphs: [
          'Unaweza kuwa na akaunti ukiwa na umri wa angalau miaka 16. Toa jina ambalo watu wanakujua nalo na anwani ya barua pepe iliyo yako. Mtu mmoja ana akaunti moja; usiwaazime wengine.',
          'Tunza nenosiri lako. Kinachofanywa kwenye akaunti yako huhesabiwa kuwa umekifanya wewe hadi utakapotuambia kuwa mtu mwingine ameingia.',
        ],
      },
      {
        title: 'Unachochapisha',
        paragraphs: [
          'Machapisho, maoni, picha na miradi yako hubaki kuwa yako. Unaturuhusu kuyahifadhi, kuyaonyesha kwa wale ambao mipangilio yako inawataja, na kutengeneza nakala ndogo za picha. Ruhusa hii huisha unapoyafuta, isipokuwa pale wengine walipokunukuu.',
          'Chapisha tu kile ambacho una haki ya kukichapisha.',
        ],
      },
      {
        title: 'Jinsi tunavyotendeana',
        paragraphs: [
          'Hakuna chuki, vitisho, unyanyasaji, ulaghai, matangazo yasiyotakiwa, wala maudhui ya ngono. Usijifanye mtu mwingine. Usikusanye data za wanachama wengine, wala usijaribu kuvunja au kulemea jukwaa.',
          'Tunaweza kuondoa kinachovunja kanuni hizi na kusimamisha akaunti, kwa muda au kabisa. Tunakuambia sababu kwa barua pepe, na unaweza kuomba uamuzi upitiwe upya kwenye ukurasa wa msaada; mtu mwingine tofauti na wa kwanza ataliangalia tena.',
        ],
      },
      {
        title: 'Programu, ukocha, matukio na malipo',
        paragraphs: [
          'Bei huonyeshwa kabla hujalipa, kwa sarafu yake na kodi tunazopaswa kuongeza. Kwa programu za kulipia unaweza kuomba urudishiwe pesa ndani ya siku 14 ikiwa umefungua chini ya moja ya tano ya masomo.',
          'Kikao cha ukocha kinaweza kuhamishwa au kufutwa bila malipo hadi saa 24 kabla ya kuanza. Makocha na washirika wanawajibika kwa wanachotoa; tunawachagua makocha kwa uangalifu, lakini kikao si ushauri wa kitabibu, kisheria au kifedha.',
        ],
      },
      {
        title: 'Tunachoahidi, na tusichoweza',
        paragraphs: [
          'Tunafanya kazi ili jukwaa liwe wazi, salama na lisilotumia data nyingi. Hatuwezi kuahidi kuwa halitazimika kamwe, wala kuwa programu au kocha atakuletea matokeo fulani. Tunawajibika kwa madhara tunayosababisha kwa makusudi au kwa uzembe mkubwa, na pale ambapo sheria haituruhusu kupunguza wajibu.',
        ],
      },
      {
        title: 'Kumaliza na kubadilisha',
        paragraphs: [
          'Unaweza kufunga akaunti yako wakati wowote. Tunaweza kubadilisha masharti haya; tunakujulisha kwa barua pepe angalau siku 30 kabla, na tunakuomba ukubali tena pale mabadiliko yanapogusa haki zako.',
          'Sheria ya Kenya inatumika. Ikiwa unatumia jukwaa kama mtumiaji mahali pengine, ulinzi wa sheria ya unakoishi unabaki nawe. Mahakama za Nairobi huamua, isipokuwa sheria ikupe nyingine.',
        ],
      },
    ],
  },
  fr: {
    version: '1',
    title: 'Conditions d’utilisation',
    summary: 'Ce que vous pouvez attendre de nous, et ce que nous tous attendons de vous.',
    sections: [
      {
        title: 'Votre compte',
        paragraphs: [
          'Vous pouvez avoir un compte dès 16 ans. Donnez un nom sous lequel on vous connaît et une adresse e-mail qui est la vôtre. Une personne a un compte ; ne le prêtez pas.',
          'Gardez votre mot de passe pour vous. Ce qui est fait dans votre compte est réputé fait par vous, jusqu’à ce que vous nous disiez que quelqu’un d’autre y est entré.',
        ],
      },
      {
        title: 'Ce que vous publiez',
        paragraphs: [
          'Vos publications, commentaires, photos et projets restent à vous. Vous nous permettez de les conserver, de les montrer à ceux que vos paramètres désignent et de faire des copies réduites des images. Cela prend fin quand vous les supprimez, sauf là où d’autres vous ont cité.',
          'Ne publiez que ce que vous avez le droit de publier.',
        ],
      },
      {
        title: 'Comment nous nous traitons',
        paragraphs: [
          'Ni haine, ni menaces, ni harcèlement, ni fraude, ni publicité non voulue, ni contenu sexuel. Ne vous faites pas passer pour autrui. Ne collectez pas les données d’autres membres, n’essayez ni de casser ni de surcharger la plateforme.',
          'Nous pouvons retirer ce qui enfreint ces règles et suspendre un compte, pour un temps ou pour de bon. Nous vous disons pourquoi par e-mail ; vous pouvez demander un réexamen à la page d’aide, et une autre personne que la première s’en charge.',
        ],
      },
      {
        title: 'Programmes, coaching, événements et paiements',
        paragraphs: [
          'Les prix sont affichés avant le paiement, dans leur monnaie et avec les taxes que nous devons ajouter. Pour un programme payant, vous pouvez être remboursé dans les 14 jours si vous avez ouvert moins d’un cinquième des leçons.',
          'Une séance de coaching se déplace ou s’annule sans frais jusqu’à 24 heures avant son début. Coachs et partenaires répondent de ce qu’ils proposent ; nous choisissons les coachs avec soin, mais une séance n’est pas un conseil médical, juridique ou financier.',
        ],
      },
      {
        title: 'Ce que nous promettons, et ce que nous ne pouvons promettre',
        paragraphs: [
          'Nous travaillons à garder la plateforme ouverte, sûre et légère en données. Nous ne pouvons promettre qu’elle ne soit jamais arrêtée, ni qu’un programme ou un coach donne un résultat précis. Nous répondons des dommages causés volontairement ou par négligence grave, et partout où la loi ne permet pas de limiter cette responsabilité.',
        ],
      },
      {
        title: 'Fin et changements',
        paragraphs: [
          'Vous pouvez fermer votre compte à tout moment. Nous pouvons changer ces conditions ; nous vous l’écrivons au moins 30 jours avant, et vous demandons un nouvel accord quand un changement touche vos droits.',
          'Le droit kényan s’applique. Si vous êtes consommateur ailleurs, la protection de la loi de votre pays vous reste acquise. Les tribunaux de Nairobi décident, sauf si la loi vous en donne un autre.',
        ],
      },
    ],
  },
}
