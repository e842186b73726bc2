import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CounterFamily, HistogramFamily } from './exposition.ts'
import { createMetrics } from './index.ts'

test('a histogram counts cumulatively, a value on a bound within it', () => {
  const family = new HistogramFamily('t_seconds', 'Time', ['kind'], [0.1, 1])
  for (const value of [0.05, 0.1, 0.5, 7]) family.child('a').observe(value)
  assert.equal(
    family.render(),
    [
      '# HELP t_seconds Time',
      '# TYPE t_seconds histogram',
      't_seconds_bucket{kind="a",le="0.1"} 2',
      't_seconds_bucket{kind="a",le="1"} 3',
      't_seconds_bucket{kind="a",le="+Inf"} 4',
      't_seconds_sum{kind="a"} 7.65',
      't_seconds_count{kind="a"} 4',
      '',
    ].join('\n'),
  )
})

test('label values are escaped, and too many of them become one', () => {
  const family = new CounterFamily('c_total', 'Count', ['name'])
  family.child('a"b\\c\nd').add()
  for (let i = 0; i < 3000; i++) family.child(`n${i}`).add()
  const lines = family.render().split('\n')
  assert.ok(lines.includes('c_total{name="a\\"b\\\\c\\nd"} 1'))
  assert.ok(lines.includes('c_total{name="other"} 1001'))
  assert.ok(lines.length < 2010)
})

test('the parts that count appear in what Prometheus scrapes', async () => {
  const metrics = createMetrics()
  metrics.database.statement('feed_page', 0.002, true)
  metrics.database.statement('feed_page', 0.002, false)
  metrics.database.retry('40001')
  metrics.database.pool('app', () => ({ total: 6, idle: 5, waiting: 0, hot: 2, hotInFlight: 1 }))
  metrics.cache.count('hit', 'feed')
  metrics.jobs.finished('a.b.v1', 0.2, true)
  metrics.jobs.depth(async () => ({ ready: 3, scheduled: 0, running: 0, dead: 1 }))
  metrics.gauge('partition_months_ahead', 'Months', () => 6)
  const text = await metrics.text()
  for (const line of [
    'db_statement_duration_seconds_count{statement="feed_page"} 2',
    'db_statement_errors_total{statement="feed_page"} 1',
    'db_transaction_retries_total{code="40001"} 1',
    'db_pool_connections{pool="app",state="hotInFlight"} 1',
    'cache_operations_total{event="hit",family="feed"} 1',
    'job_duration_seconds_count{job="a.b.v1",outcome="done"} 1',
    'job_queue_depth{state="dead"} 1',
    'partition_months_ahead 6',
  ]) {
    assert.ok(text.includes(`${line}\n`), line)
  }
  metrics.jobs.depth(() => Promise.reject(new Error('away')))
  assert.doesNotMatch(await metrics.text(), /job_queue_depth\{/)
})
