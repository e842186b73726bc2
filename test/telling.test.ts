import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellPeople } from '../bench/telling/index.ts'

test('one fact reaches each of many people by the ways they chose, once, though the worker is killed three times', async () => {
  const { kills, expected, brought } = await tellPeople(120)
  assert.equal(kills, 3)
  for (const [channel, { now, later }] of Object.entries(expected)) {
    const { doubles } = brought[channel]!
    assert.deepEqual([brought[channel]!.now, brought[channel]!.later, doubles], [now, later, 0], channel)
  }
})
