import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { ZipFile } from 'yazl'
import { connect, type Database } from '../../platform/db/index.ts'
import { startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { scan } from './scan.ts'

const NEEDLES = {
  user_id: '00000000-0000-0000-0000-000000000001',
  needles: [
    { what: 'name', text: 'Élodie Njeri "Zo" Okafor' },
    { what: 'e-mail', text: 'elodie.njeri@example.org' },
  ],
}
const NAME = NEEDLES.needles[0]!.text
const EMAIL = NEEDLES.needles[1]!.text

const escaped = (text: string) =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const everyByte = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('')

/** How a text may be written down, besides as it is. */
const WRITTEN: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in capitals': (text) => text.toUpperCase(),
  'as JSON': (text) => JSON.stringify({ to: text }),
  'as JSON within JSON': (text) => JSON.stringify(JSON.stringify({ to: text })),
  'as JSON in ASCII': (text) => `{"to":"${escaped(text)}"}`,
  'half escaped': (text) => `${escaped(text.slice(0, 3))}${JSON.stringify(text).slice(4, -1)}`,
  'percent-encoded': encodeURIComponent,
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'percent-encoded in every byte': everyByte,
  'as a form': (text) => String(new URLSearchParams({ to: text })),
}

describe('a scan', () => {
  let database: TestDatabase
  let app: TestApp
  let asOwner: Database
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    asOwner = connect({ url: database.ownerUrl, poolSize: 2, prepared: true, applicationName: 'bcn test' })
  })
  after(async () => {
    await app.close()
    await asOwner.close()
    await database.close()
  })
  const look = (logs: readonly string[] = []) =>
    scan({ database: asOwner, storage: app.services.storage, logs, cache: null }, NEEDLES)
  const placesOf = async () => (await look()).findings.map(({ place, what }) => `${place} ${what}`).sort()

  test('finds a text in a column of every kind that can hold one', async () => {
    await database.owner.query(`
      CREATE SCHEMA apart;
      CREATE DOMAIN apart.word AS text;
      CREATE DOMAIN apart.words AS apart.word CHECK (value <> '');
      CREATE DOMAIN apart.bytes AS bytea;
      CREATE TYPE apart.card AS (number int, said apart.words);
      CREATE TYPE apart.letters AS RANGE (subtype = text);
      CREATE TABLE apart.kinds (
        plain text, short varchar(99), folded name, domain apart.word, domain_of_domain apart.words, several apart.words[],
        composite apart.card, composites apart.card[], json json, jsonb jsonb, bytes bytea, bytes_by_domain apart.bytes,
        range apart.letters, xml xml, searched tsvector, count int, moment timestamptz, id uuid)`)
    await database.owner.query(
      `INSERT INTO apart.kinds SELECT t, t, t, t, t, ARRAY[t], ROW(1, t::apart.words)::apart.card,
         ARRAY[ROW(1, t::apart.words)::apart.card], $2::json,
         to_jsonb(t), convert_to(t, 'UTF8'), convert_to(upper(t), 'UTF8'), apart.letters(t, NULL), xmlelement(name x, t),
         to_tsvector('simple', t), 1, now(), uuid_v7()
       FROM (SELECT $1::text AS t) given`,
      [EMAIL, `{"to":"${escaped(EMAIL)}","nul":"\\u0000"}`],
    )
    const places = await placesOf()
    await database.owner.query('DROP SCHEMA apart CASCADE')
    const kinds = 'bytes bytes_by_domain composite composites domain domain_of_domain folded json jsonb plain'
    assert.deepEqual(
      places,
      `${kinds} range searched several short xml`.split(' ').map((kind) => `apart.kinds.${kind} e-mail`),
    )
  })

  for (const [name, write] of Object.entries(WRITTEN))
    test(`finds a text that is written ${name}, in a column, in bytes and in a log`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bcn-logs-'))
      const text = `GET /?x=1&q=${write(NAME)} then ${write(EMAIL)}.`
      writeFileSync(join(folder, 'server.log'), text)
      await database.owner.query('CREATE TABLE apart AS SELECT $1::text AS line', [text])
      await database.owner.query("CREATE TABLE apart_bytes AS SELECT convert_to($1, 'UTF8') AS line", [
        name === 'in capitals' ? write(EMAIL) : text,
      ])
      const { findings } = await look([folder])
      await database.owner.query('DROP TABLE apart, apart_bytes')
      rmSync(folder, { recursive: true })
      for (const place of ['apart.line', 'apart_bytes.line', `log ${join(folder, 'server.log')}`])
        for (const { what } of NEEDLES.needles)
          if (name !== 'in capitals' || what === 'e-mail' || place !== 'apart_bytes.line')
            assert.ok(
              findings.some((finding) => finding.place === place && finding.what === what),
              `${place} ${what}`,
            )
    })

  test('finds nothing where nothing is', async () => {
    await database.owner.query(
      `CREATE TABLE apart AS SELECT '%65%6c%6f+die.njeri@example.com \\u0065lodie' AS line, '\\xff00fe'::bytea AS bytes`,
    )
    assert.deepEqual(await placesOf(), [])
    await database.owner.query('DROP TABLE apart')
  })

  test('opens archives, and takes one that does not open for no proof', async () => {
    const { storage } = app.services
    const zip = new ZipFile()
    const packed = buffer(zip.outputStream as unknown as NodeJS.ReadableStream)
    zip.addBuffer(Buffer.from('nobody is named here, nobody'), 'data/posts.json')
    zip.addBuffer(Buffer.from(`{"message":"${NAME.replaceAll('"', '\\"')} wrote"}`), 'data/messages.json')
    zip.end()
    const file = await packed
    assert.ok(!file.includes('Njeri'), 'it is deflated')
    const key = 'exports/00000000-0000-0000-0000-000000000002/00000000-0000-0000-0000-000000000003.zip'
    await storage.put(key, file, 'application/zip')
    assert.deepEqual(await placesOf(), [`storage object ${key} data/messages.json name`])
    await storage.put(key, file.subarray(0, file.length - 30), 'application/zip')
    assert.deepEqual(await placesOf(), [`storage object ${key} an archive that does not open`])
    await storage.delete(key)
  })
})
