/** GSM 03.38: a letter of the second list takes two places. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const EXTENDED = '^{}\\[~]|€\f'

/** Into how many messages a text is cut on its way, each of which is paid: 160 places, or 70 where a letter is not in GSM 03.38. */
export function smsSegments(text: string): number {
  const letters = [...text]
  if (letters.every((letter) => BASIC.includes(letter) || EXTENDED.includes(letter))) {
    // A letter of two places is not cut in half: the place before it stays empty.
    return cut(
      letters.map((letter) => (EXTENDED.includes(letter) ? 2 : 1)),
      160,
      153,
    )
  }
  return cut(
    letters.map((letter) => letter.length),
    70,
    67,
  ) // nor is a surrogate pair
}

function cut(places: readonly number[], alone: number, joined: number): number {
  if (places.reduce((sum, one) => sum + one, 0) <= alone) return 1
  let segments = 1
  let used = 0
  for (const place of places) {
    if (used + place > joined) {
      segments++
      used = 0
    }
    used += place
  }
  return segments
}
