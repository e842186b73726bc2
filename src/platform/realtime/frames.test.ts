import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frameText } from './frames.ts'

test('an event has its fields in lines of their own and ends with an empty one', () => {
  assert.equal(
    frameText({ id: '7', event: 'told', data: '{"a":1}', retryMs: 1500.4 }),
    'retry: 1500\nid: 7\nevent: told\ndata: {"a":1}\n\n',
  )
  assert.equal(frameText({ id: '7' }), 'id: 7\n\n')
})

test('data of several lines stays data', () => {
  assert.equal(
    frameText({ data: 'a\nevent: forged\r\n\r\nid: 9\rz' }),
    'data: a\ndata: event: forged\ndata: \ndata: id: 9\ndata: z\n\n',
  )
})

test('an id or a name that holds a line break is refused', () => {
  for (const id of ['1\n', '1\r', '1\0']) assert.throws(() => frameText({ id }), /line break/)
  assert.throws(() => frameText({ event: 'a\ndata: b' }), /line break/)
})
