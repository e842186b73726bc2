import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dictionary } from '@zxcvbn-ts/language-common'
import { isStrong, SHORTEST_PASSWORD, strengthOf } from './password-strength.ts'

const hints = ['o.wanjiru-kamau@uzoma-textiles.example', 'Amina Wanjirũ', 'aminaw', 'Brand Coach Network']
const common = dictionary['passwords-common'].filter(({ length }) => length >= SHORTEST_PASSWORD)

test('passphrases and random ones are strong, in whatever letters', async () => {
  for (const password of [
    'a long enough passphrase',
    'maji moto na ndizi tatu',
    'Zq8-mVw2_LpX',
    'chèvre-girafe-marché-lune',
    'ጠንካራ የይለፍ ቃል ነው',
    '🦒🌍🥁🪘🐘🦓🌋🏞️🪙🎉',
  ]) {
    const strength = await strengthOf(password, hints)
    assert.ok(isStrong(strength), `${password}: ${JSON.stringify(strength)}`)
  }
})

test('what people choose by habit is weak, and is told why by a code', async () => {
  const weak: [string, string | null][] = [
    ['1234567890', 'very_common'],
    ['Password123', 'common'],
    ['P@ssw0rd123', 'similar_to_common'],
    ['qwertyuiop[]', 'keyboard_row'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'repeated_character'],
    ['abcabcabcabcabc', 'repeated_pattern'],
    ['abcdefghijklmnop', 'sequence'],
  ]
  for (const [password, warning] of weak) {
    const strength = await strengthOf(password, hints)
    assert.ok(!isStrong(strength), password)
    assert.equal(strength.warning, warning, password)
    assert.ok(strength.suggestions.length > 0)
    for (const code of strength.suggestions) assert.match(code, /^[a-z_]+$/)
  }
})

test('what others know of its owner makes a password weak', async () => {
  for (const password of [
    'aminawanjirũ',
    'wanjiru-kamau',
    'uzoma-textiles',
    'BrandCoach2026',
    'AminaW1990!',
  ]) {
    assert.ok(!isStrong(await strengthOf(password, hints)), password)
  }
  assert.equal((await strengthOf('uzomatextiles', hints)).warning, 'personal')
  assert.ok(isStrong(await strengthOf('uzoma-textiles', [])), 'and is not for somebody else')
})

test('every common password that is long enough is refused, written in capitals too', async () => {
  assert.ok(common.length > 1000)
  for (const password of common) {
    assert.ok(!isStrong(await strengthOf(password, [])), password)
    const capital = password.charAt(0).toUpperCase() + password.slice(1)
    assert.ok(!isStrong(await strengthOf(capital, [])), capital)
  }
})

test('what comes after the part that is looked at makes nothing weaker', async () => {
  const strong = 'maji moto na ndizi tatu na giraf'
  const [alone, longer] = [await strengthOf(strong, []), await strengthOf(strong + 'a'.repeat(168), [])]
  assert.deepEqual(longer, alone)
})
