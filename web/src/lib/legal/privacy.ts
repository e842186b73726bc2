import type { Locale } from '#lib/i18n/locale.ts'
import type { LegalText } from './text.ts'

/** Version 1 of the privacy notice. */
export const PRIVACY: Readonly<Record<Locale, LegalText>> = {
  en: {
    version: '1',
    title: 'Privacy notice',
    summary: 'What we know about you, why, who else sees it, for how long, and what you can do about it.',
    sections: [
      {
        title: 'Who is responsible',
        paragraphs: [
          'The Brand Coach Network in Nairobi decides how your data is used. We follow Kenya’s Data Protection Act, 2019 and, for people in the European Union, the General Data Protection Regulation (GDPR). You reach us, and the person in charge of data protection, through the help page.',
        ],
      },
      {
        title: 'What we keep, and why',
        paragraphs: [
          'To give you an account (our contract with you): your name, e-mail address, a hash of your password, your language and time zone, and which versions of the terms and of this notice you agreed to, when, and from which network address.',
          'To show you to others as far as you want it (your choice): your profile, photo, skills, posts and what you follow. Your settings say who sees it.',
          'To let you learn, be coached, attend and pay (our contract): enrolments, progress, bookings, tickets and payments. Card numbers and mobile money PINs never reach us.',
          'To keep the platform safe (our legitimate interest): the devices on which you are signed in, sign-in attempts, and a log of changes to your account.',
          'To write to you with news (your consent): only if you say so in your settings, and until you take it back there.',
        ],
      },
      {
        title: 'Who else sees it',
        paragraphs: [
          'Companies that work for us, under contract and on our instructions: hosting, mail, SMS and payments. Partners who pay for your cohort see your progress in it, and we tell you so when you join. We sell no data, and there is no advertising and no tracking by others on our pages.',
          'Where data leaves Kenya, we agree with the recipient on the safeguards that the law asks for.',
        ],
      },
      {
        title: 'How long',
        paragraphs: [
          'Your account data as long as you have the account. Notices 90 days. The log of changes one year, sign-ins three years, payments seven years because tax law asks for it. After you close your account, what identifies you is deleted or made anonymous.',
        ],
      },
      {
        title: 'Your rights',
        paragraphs: [
          'You may see your data, have it corrected, take it with you in a common format, have it deleted or its use restricted, object to a use that rests on our interest, and take back a consent at any time. No decision with legal effect for you is made by a machine alone.',
          'Much of this you can do yourself in your settings; for the rest write to us. We answer within 30 days. You may also complain to the Office of the Data Protection Commissioner in Kenya, or to the supervisory authority where you live.',
        ],
      },
      {
        title: 'Cookies',
        paragraphs: [
          'We set only cookies that the platform needs: your session, a mark for a known device, and your language, appearance and time zone. That is why there is no cookie banner.',
        ],
      },
    ],
  },
  sw: {
    version: '1',
    title: 'Ilani ya faragha',
    summary: 'Tunachojua kukuhusu, kwa nini, nani mwingine anakiona, kwa muda gani, na unachoweza kufanya.',
    sections: [
      {
        title: 'Nani anawajibika',
        paragraphs: [
          'Brand Coach Network, Nairobi, ndiyo huamua jinsi data zako zinavyotumika. Tunafuata Sheria ya Ulinzi wa Data ya Kenya ya mwaka 2019 na, kwa watu walio Umoja wa Ulaya, Kanuni ya Jumla ya Ulinzi wa Data (GDPR). Unatufikia, pamoja na mhusika wa ulinzi wa data, kupitia ukurasa wa msaada.',
        ],
      },
      {
        title: 'Tunachohifadhi, na sababu',
        paragraphs: [
          'Ili kukupa akaunti (mkataba wetu nawe): jina lako, anwani ya barua pepe, alama ya siri ya nenosiri lako, lugha na saa za eneo lako, na matoleo gani ya masharti na ilani hii uliyokubali, lini, na kutoka anwani gani ya mtandao.',
          'Ili kukuonyesha kwa wengine kadiri unavyotaka (chaguo lako): wasifu, picha, ujuzi, machapisho na unachofuata. Mipangilio yako husema nani anaona.',
          'Ili ujifunze, ufundishwe, uhudhurie na ulipe (mkataba wetu): usajili, maendeleo, nafasi ulizoweka, tiketi na malipo. Namba za kadi na PIN za pesa kwa simu hazitufikii kamwe.',
          'Ili jukwaa liwe salama (maslahi yetu halali): vifaa ulivyoingia navyo, majaribio ya kuingia, na kumbukumbu ya mabadiliko ya akaunti yako.',
          'Ili kukuandikia habari (ridhaa yako): ukisema hivyo tu kwenye mipangilio, na hadi utakapoiondoa huko.',
        ],
      },
      {
        title: 'Nani mwingine anaona',
        paragraphs: [
          'Kampuni zinazotufanyia kazi, kwa mkataba na kwa maelekezo yetu: kuhifadhi, barua pepe, SMS na malipo. Washirika wanaolipia kundi lako huona maendeleo yako ndani yake, na tunakuambia hivyo unapojiunga. Hatuuzi data, na hakuna matangazo wala ufuatiliaji wa wengine kwenye kurasa zetu.',
          'Data zinapotoka Kenya, tunakubaliana na mpokeaji juu ya ulinzi ambao sheria inadai.',
        ],
      },
      {
        title: 'Kwa muda gani',
        paragraphs: [
          'Data za akaunti kwa muda wote ulio na akaunti. Taarifa siku 90. Kumbukumbu ya mabadiliko mwaka mmoja, ya kuingia miaka mitatu, ya malipo miaka saba kwa sababu sheria ya kodi inadai. Baada ya kufunga akaunti, kinachokutambulisha hufutwa au hufanywa kisikutambulishe.',
        ],
      },
      {
        title: 'Haki zako',
        paragraphs: [
          'Unaweza kuona data zako, kuzirekebisha, kuzichukua kwa muundo wa kawaida, kuzifuta au kuzuia matumizi yake, kupinga matumizi yanayotegemea maslahi yetu, na kuondoa ridhaa wakati wowote. Hakuna uamuzi wenye athari ya kisheria kwako unaofanywa na mashine peke yake.',
          'Mengi ya haya unaweza kufanya mwenyewe kwenye mipangilio; kwa mengine tuandikie. Tunajibu ndani ya siku 30. Pia unaweza kulalamika kwa Ofisi ya Kamishna wa Ulinzi wa Data nchini Kenya, au kwa mamlaka ya usimamizi ya unakoishi.',
        ],
      },
      {
        title: 'Vidakuzi',
        paragraphs: [
          'Tunaweka tu vidakuzi ambavyo jukwaa linahitaji: kipindi chako, alama ya kifaa kinachojulikana, na lugha, mwonekano na saa za eneo lako. Ndiyo maana hakuna bango la vidakuzi.',
        ],
      },
    ],
  },
  fr: {
    version: '1',
    title: 'Notice de confidentialité',
    summary:
      'Ce que nous savons de vous, pourquoi, qui d’autre le voit, combien de temps, et ce que vous pouvez y faire.',
    sections: [
      {
        title: 'Qui est responsable',
        paragraphs: [
          'Brand Coach Network, à Nairobi, décide de l’usage de vos données. Nous suivons la loi kényane sur la protection des données (Data Protection Act, 2019) et, pour les personnes dans l’Union européenne, le Règlement général sur la protection des données (RGPD). Vous nous joignez, ainsi que la personne chargée de la protection des données, par la page d’aide.',
        ],
      },
      {
        title: 'Ce que nous gardons, et pourquoi',
        paragraphs: [
          'Pour vous donner un compte (notre contrat avec vous) : votre nom, votre adresse e-mail, une empreinte de votre mot de passe, votre langue et votre fuseau, et quelles versions des conditions et de cette notice vous avez acceptées, quand et depuis quelle adresse réseau.',
          'Pour vous montrer aux autres autant que vous le voulez (votre choix) : profil, photo, compétences, publications et ce que vous suivez. Vos paramètres disent qui voit quoi.',
          'Pour apprendre, être accompagné, participer et payer (notre contrat) : inscriptions, progrès, réservations, billets et paiements. Ni numéros de carte ni codes de mobile money ne nous parviennent.',
          'Pour la sûreté de la plateforme (notre intérêt légitime) : les appareils où vous êtes connecté, les tentatives de connexion et un journal des changements de votre compte.',
          'Pour vous écrire des nouvelles (votre consentement) : seulement si vous le dites dans vos paramètres, et jusqu’à ce que vous le retiriez.',
        ],
      },
      {
        title: 'Qui d’autre le voit',
        paragraphs: [
          'Des entreprises qui travaillent pour nous, sous contrat et sur nos instructions : hébergement, e-mail, SMS et paiements. Les partenaires qui financent votre cohorte y voient vos progrès, et nous vous le disons à l’inscription. Nous ne vendons aucune donnée ; il n’y a ni publicité ni pistage par des tiers sur nos pages.',
          'Quand des données quittent le Kenya, nous convenons avec le destinataire des garanties que la loi exige.',
        ],
      },
      {
        title: 'Combien de temps',
        paragraphs: [
          'Les données du compte tant que vous l’avez. Les notifications 90 jours. Le journal des changements un an, les connexions trois ans, les paiements sept ans car la loi fiscale l’exige. Après la fermeture du compte, ce qui vous identifie est supprimé ou anonymisé.',
        ],
      },
      {
        title: 'Vos droits',
        paragraphs: [
          'Vous pouvez voir vos données, les faire corriger, les emporter dans un format courant, les faire supprimer ou en limiter l’usage, vous opposer à un usage fondé sur notre intérêt, et retirer un consentement à tout moment. Aucune décision ayant un effet juridique pour vous n’est prise par une machine seule.',
          'Vous pouvez faire l’essentiel dans vos paramètres ; pour le reste, écrivez-nous. Nous répondons sous 30 jours. Vous pouvez aussi saisir l’Office of the Data Protection Commissioner au Kenya, ou l’autorité de contrôle de votre lieu de vie.',
        ],
      },
      {
        title: 'Cookies',
        paragraphs: [
          'Nous ne posons que les cookies nécessaires : votre session, une marque d’appareil connu, et votre langue, apparence et fuseau. C’est pourquoi il n’y a pas de bandeau.',
        ],
      },
    ],
  },
}
