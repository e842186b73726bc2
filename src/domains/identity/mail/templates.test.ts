import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LANGUAGES } from '../../../platform/languages.ts'
import type { AnyTemplate } from '../../../platform/messages/index.ts'
import { renderMail, settingOf } from '../../../platform/messages/render.ts'
import { identityTemplates } from './templates.ts'

const at = '2026-03-01T09:30:00.000Z'
/** Everything that any of them is given, at its most awkward. */
const values = {
  token: 'a-token_of-the-link',
  code: '012345',
  at,
  device: 'Chrome <script>alert(1)</script>',
  place: 'Kisumu & Nairobi',
  change: 'totp_removed',
  role: 'coach',
  from: at,
  until: at,
  reason: 'Said "no" <b>twice</b>',
  decision: 'rejected',
  note: null,
} as never

const settings = (language: (typeof LANGUAGES)[number]) =>
  settingOf({
    brand: 'Brand Coach Network',
    publicUrl: 'https://brandcoach.example',
    language,
    timezone: 'Africa/Nairobi',
  })

describe('what identity says to people', () => {
  test('has a name of its own each', () => {
    const names = identityTemplates.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
  })

  for (const template of identityTemplates)
    test(`${template.name} speaks every language, in words of its own`, () => {
      assert.deepEqual(Object.keys(template.texts).sort(), [...LANGUAGES].sort())
      const said = LANGUAGES.map((language) => say(template, language))
      assert.equal(new Set(said.map(({ head }) => head)).size, LANGUAGES.length)
      for (const { head, text, html } of said) {
        assert.ok(head.length > 0 && head.length <= 160, head)
        for (const part of [head, text, html])
          assert.doesNotMatch(part, /undefined|\bnull\b|\[object|NaN|Invalid/)
        assert.doesNotMatch(html, /<script>|<b>|<img|src=|@import|url\(/i)
      }
    })

  test('a link leads to a page of ours in the language of the mail, with its token', () => {
    for (const [name, page] of [
      ['verify_email', 'verify-email'],
      ['reset_password', 'reset-password'],
      ['email_change_confirm', 'confirm-email'],
    ]) {
      const template = identityTemplates.find((one) => one.name === name)!
      for (const language of LANGUAGES) {
        const { text } = say(template, language)
        const place = language === 'en' ? page : `${language}/${page}`
        assert.ok(text.includes(`https://brandcoach.example/${place}?token=a-token_of-the-link\n`), name)
      }
    }
  })

  test('a moment is told in the reader’s zone and language', () => {
    const [english, swahili, french] = LANGUAGES.map((language) => settings(language).moment(at))
    assert.match(english!, /^1 March 2026 at 12:30 (EAT|GMT\+3)$/)
    assert.match(swahili!, /^1 Machi 2026.* 12:30 (EAT|GMT ?\+3)$/)
    assert.match(french!, /^1 mars 2026.* 12:30 (EAT|UTC\+3)$/)
    const nowhere = { brand: '', publicUrl: '', language: 'en', timezone: 'Nowhere/At-all' } as const
    assert.equal(settingOf(nowhere).moment(at), '1 March 2026 at 09:30 UTC')
  })
})

/** GSM 03.38: 160 of these fit an SMS, of anything else 70. */
const GSM = /^[\n\r -#%-?A-Z_a-z£¥èéùìòÇØøÅåÄÖÑÜ§äöñüàÆæßÉ]*$/

test('a code fits one SMS in each language', () => {
  const template = identityTemplates.find(({ name }) => name === 'phone_code')!
  for (const language of LANGUAGES) {
    const { text } = say(template, language)
    assert.ok(text.length <= 160 && GSM.test(text), text)
    assert.match(text, /^012345 /)
  }
})

function say(template: AnyTemplate, language: (typeof LANGUAGES)[number]) {
  const on = settings(language)
  if (template.channel === 'sms') {
    const text = template.texts[language](values, on)
    return { head: text, text, html: '' }
  }
  const { subject, text, html } = renderMail(template.texts[language](values, on), {
    brand: on.brand,
    language,
  })
  return { head: subject, text, html }
}
