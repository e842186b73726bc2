import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gather } from './gathering.ts'

test('the first is worked on at once, what comes meanwhile together, each once', async () => {
  const batches: (readonly number[])[] = []
  const gathering = gather<number>({
    size: 3,
    flights: 1,
    async work(items) {
      batches.push(items)
      await sleep(10)
    },
    onFailure: (error) => assert.ifError(error),
  })
  gathering.add(1)
  await sleep(1)
  for (const item of [2, 3, 2, 4, 5, 3]) gathering.add(item)
  await sleep(50)
  assert.deepEqual(batches, [[1], [2, 3, 4], [5]])
  await gathering.close()
})

test('what comes again while it is worked on is worked on again', async () => {
  let done = 0
  const gathering = gather<string>({
    size: 10,
    flights: 1,
    async work() {
      await sleep(5)
      done++
    },
    onFailure: (error) => assert.ifError(error),
  })
  gathering.add('a')
  await sleep(1)
  gathering.add('a')
  await sleep(30)
  assert.equal(done, 2)
  await gathering.close()
})

test('a batch that fails is tried again after a rest', async () => {
  let tries = 0
  const failures: unknown[] = []
  const gathering = gather<string>({
    size: 10,
    flights: 2,
    async work() {
      if (tries++ === 0) throw new Error('away')
    },
    onFailure: (error) => void failures.push(error),
  })
  gathering.add('a')
  await sleep(1200)
  assert.deepEqual([tries, failures.length, gathering.size], [2, 1, 0])
  await gathering.close()
})
