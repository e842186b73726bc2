import assert from 'node:assert/strict'
import { test } from 'node:test'

// By its address: it is written for browsers, whose types the tests do not have.
const { withStart }: { withStart: (html: string, later: boolean) => string } = await import(
  new URL('../../web/src/lib/server/start.ts', import.meta.url).href
)

test('what people write cannot pass for the page’s own script, which alone waits to be wanted', () => {
  const written = '<p>import("/x/entry/start.js").then( rel="modulepreload"</p>'
  const own = 'import("./_app/immutable/entry/start.abc.js").then(go)'
  const head = '<head><script nonce="n">%start%</script><link rel="modulepreload" href="/a.js"></head>'
  const page = withStart(`${head}<body>${written}<script nonce="n">${own}</script></body>`, true)
  assert.ok(page.includes(written))
  assert.ok(
    page.includes(`pageStart.wanted.then(() => import("./_app/immutable/entry/start.abc.js")).then(go)`),
  )
  assert.ok(page.includes('<link rel="later" href="/a.js">'))
})
