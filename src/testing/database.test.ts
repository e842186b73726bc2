import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import { createEmptyDatabase, createTestDatabase } from './database.ts'
import { forEachServer, servers } from './servers.ts'

describe('a test database', () => {
  test('is a migrated clone that nobody else sees', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
    await one.owner.query('CREATE TABLE mine ()')
    const look = "SELECT to_regclass('mine') AS mine, to_regclass('schema_migrations') AS history"
    assert.deepEqual((await one.owner.query(look)).rows, [{ mine: 'mine', history: 'schema_migrations' }])
    assert.deepEqual((await other.owner.query(look)).rows, [{ mine: null, history: 'schema_migrations' }])
    await Promise.all([one.close(), other.close()])
  })

  test('lets each role in, and the owner is no superuser', async () => {
    const database = await createTestDatabase()
    await Promise.all([database.db.ping(), database.workerDb.ping()])
    const { rows } = await database.owner.query(
      'SELECT rolsuper::int FROM pg_roles WHERE rolname = current_user',
    )
    assert.deepEqual(rows, [{ rolsuper: '0' }])
    await database.close()
  })

  test('fails its close on a connection left open, and is dropped all the same', async () => {
    const database = await createTestDatabase()
    const forgotten = new pg.Client({ connectionString: database.appUrl, application_name: 'forgotten' })
    forgotten.on('error', () => {})
    await forgotten.connect()
    try {
      await assert.rejects(database.close(), /leaked.*app_user/)
    } finally {
      await forgotten.end()
    }
    const gone = new pg.Client(database.appUrl)
    await assert.rejects(gone.connect(), /does not exist/)
  })

  test('is there on every server that was found', async () => {
    await forEachServer(async (server) => {
      const database = await createEmptyDatabase(server)
      const { rows } = await database.owner.query('SHOW server_version_num')
      assert.equal(Math.floor(rows[0].server_version_num / 10_000), server.version)
      await database.close()
    })
  })

  test('is tried on PostgreSQL 15 too, wherever CI runs', async () => {
    const versions = (await servers()).map((server) => server.version)
    assert.ok(!process.env.CI || versions.includes(15), `only ${versions} was found`)
  })
})
