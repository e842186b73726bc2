import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf, plainAddress } from './network.ts'

test('an IPv6 network counts as one, an IPv4 address as itself', () => {
  for (const address of ['2001:db8:0:7::1', '2001:db8:0:7:ffff:1:2:3', '2001:0DB8:0000:0007::3%eth0'])
    assert.equal(networkOf(address), '2001:db8:0:7::/64')
  assert.equal(networkOf('2001:db8:0:8::1'), '2001:db8:0:8::/64')
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(networkOf('::FFFF:c000:201'), '192.0.2.1')
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1')
})

test('an address is told without its interface and out of its IPv6 wrapping', () => {
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1')
  assert.equal(plainAddress('::ffff:10.0.0.7'), '10.0.0.7')
  assert.equal(plainAddress('0:0:0:0:0:ffff:a00:7'), '10.0.0.7')
  for (const address of ['2001:db8::7', '::1', '::', '10.0.0.7', 'unknown', '', '1:2', '::ffff:1.2.3'])
    assert.equal(plainAddress(address), address)
})
