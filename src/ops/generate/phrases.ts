import type { Language } from '../../platform/languages.ts'

const SENTENCES: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'A brand is what people say about you when you have left the room.',
    'Write down the three words you want a customer to use, and ask five customers which words they did use.',
    'Most of my first buyers came from one WhatsApp group and one patient aunt.',
    'Raise the price for new customers first, and tell the old ones why a month before it reaches them.',
    'Keep the money of the business in a second mobile wallet, even when it is only a little money.',
    'I recorded myself for two minutes every morning until I stopped hating my own voice.',
    'Nobody remembers a list of services; everybody remembers a story with a name in it.',
    'Ask for the review on the day of the delivery, while the joy is still warm.',
    'We lost a big order because the packaging could not survive the road to Gulu.',
    'Show the work in progress: people trust what they have seen being made.',
    'If you serve everybody, nobody feels that you speak to them.',
    'A good photo by the window beats a bad photo in a studio.',
    'Count the hours that a product takes before you decide what it costs.',
    'My team is four people and we still hold a meeting of fifteen minutes each Monday.',
    'Leaders who listen hear about the problem while it is still small.',
    'The market day taught me more about pricing than any course I had paid for.',
    'Say what you will do, by when, and what you will not do.',
    'Partnerships begin with one small thing that both sides deliver on time.',
    'Post less often, answer every comment, and watch what people ask for.',
    'A profile without a face is a shop with the door closed.',
    'Our cooperative moved from an exercise book to a sheet, and found eleven unpaid invoices.',
    'Practise the introduction until it fits in the time of a lift ride.',
    'Borrow for what earns, save for what wears out.',
    'The best feedback came from the customer who had stopped buying.',
    'Choose one channel and be reliable there before you open the next.',
    'When the power is out we still deliver, because the plan has a page for that.',
  ],
  sw: [
    'Jina lako ni mali; lilinde kila unapotoa huduma.',
    'Andika mapato na matumizi kila siku, hata kama ni shilingi kumi.',
    'Wateja wangu wa kwanza walitoka kwenye kundi moja la WhatsApp.',
    'Usipunguze bei kabla ya kueleza thamani ya kazi yako.',
    'Tenga pesa za biashara na pesa za nyumbani tangu siku ya kwanza.',
    'Picha nzuri karibu na dirisha inauza kuliko maneno mengi.',
    'Muulize mteja kwa nini alirudi, kisha andika maneno yake.',
    'Kiongozi mzuri husikiliza kabla ya kuamua.',
    'Anza na bidhaa moja, ifanye vizuri, kisha ongeza nyingine.',
    'Soko la Jumamosi lilinifundisha kupanga bei kuliko kitabu chochote.',
    'Toa ahadi chache na uzitimize zote.',
    'Hadithi yako fupi hukumbukwa kuliko orodha ndefu ya huduma.',
    'Tulipoteza oda kubwa kwa sababu ya vifungashio dhaifu.',
    'Jibu kila ujumbe ndani ya siku moja, hata kwa maneno machache.',
  ],
  fr: [
    'Une marque, c’est ce que les gens disent de vous quand vous êtes sorti de la pièce.',
    'Écrivez les trois mots que vos clients devraient retenir, puis demandez-leur lesquels ils retiennent.',
    'Séparez l’argent du commerce et celui de la maison dès le premier jour.',
    'Une bonne photo près de la fenêtre vaut mieux qu’une mauvaise photo en studio.',
    'Mes premières clientes sont venues d’un seul groupe WhatsApp.',
    'Demandez un avis le jour de la livraison, quand la joie est encore là.',
    'Comptez les heures avant de fixer le prix.',
    'Un bon chef entend le problème quand il est encore petit.',
    'Nous avons perdu une grosse commande à cause d’un emballage trop fragile.',
    'Choisissez un canal et soyez-y fiable avant d’en ouvrir un autre.',
    'Racontez une histoire avec un prénom, pas une liste de services.',
    'Le marché du samedi m’a appris à fixer mes prix mieux qu’un livre.',
    'Promettez peu, livrez à l’heure, puis recommencez.',
    'Notre coopérative est passée du cahier au tableur et a retrouvé onze factures impayées.',
  ],
}

const OPENINGS: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'What I learnt about',
    'Three questions on',
    'How we started with',
    'My honest notes on',
    'Help wanted:',
    'A small win in',
  ],
  sw: [
    'Nilichojifunza kuhusu',
    'Maswali matatu kuhusu',
    'Tulivyoanza na',
    'Naomba ushauri:',
    'Ushindi mdogo katika',
  ],
  fr: [
    'Ce que j’ai appris sur',
    'Trois questions sur',
    'Nos débuts avec',
    'Je cherche conseil :',
    'Une petite victoire en',
  ],
}

const REPLIES: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'Thank you for this, I needed it today.',
    'How long did it take before it worked?',
    'We tried the same in our town and it held.',
    'Could you share the template?',
    'The second point is where I always fail.',
    'Congratulations to the whole team!',
    'I disagree a little: price was not the problem for us.',
    'Saved for our meeting on Monday.',
    'Which supplier do you use?',
  ],
  sw: [
    'Asante sana, nimejifunza kitu.',
    'Hongera kwa hatua hii!',
    'Mlichukua muda gani?',
    'Naomba namba ya msambazaji.',
    'Sisi pia tulipitia hali hiyo.',
    'Somo zuri, nimelihifadhi.',
  ],
  fr: [
    'Merci, j’en avais besoin aujourd’hui.',
    'Bravo à toute l’équipe !',
    'Combien de temps avant les premiers résultats ?',
    'Pouvez-vous partager le modèle ?',
    'Chez nous aussi, cela a marché.',
    'Je garde ce conseil pour lundi.',
  ],
}

const encode = (bank: Readonly<Record<Language, readonly string[]>>) =>
  ({ en: bank.en.map(bytes), sw: bank.sw.map(bytes), fr: bank.fr.map(bytes) }) as const
const bytes = (text: string) => Buffer.from(text)
const SENTENCE_BYTES = encode(SENTENCES)
const REPLY_BYTES = encode(REPLIES)
const SPACE = bytes(' ')
const PARAGRAPH = bytes('\n\n')

/** Sentences up to about `length` bytes, in paragraphs of five; `u` in [0, 1) chooses. Already encoded: millions are written. */
export function passage(language: Language, u: number, length: number): Uint8Array {
  const bank = SENTENCE_BYTES[language]
  const parts: Uint8Array[] = []
  let size = 0
  for (let at = Math.floor(u * bank.length * 8); size < length; at += 1 + (at % 3)) {
    const sentence = bank[at % bank.length]!
    if (parts.length > 0) parts.push(parts.length % 10 === 9 ? PARAGRAPH : SPACE)
    parts.push(sentence)
    size += sentence.length + 1
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

export const sentence = (language: Language, u: number) => chosen(SENTENCES[language], u)
export const reply = (language: Language, u: number) => chosen(REPLY_BYTES[language], u)
export const headline = (language: Language, u: number, topic: string) =>
  `${chosen(OPENINGS[language], u)} ${topic.toLowerCase()}`

export function chosen<T>(from: readonly T[], u: number): T {
  return from[Math.floor(u * from.length)]!
}
