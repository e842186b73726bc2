import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { CacheMetrics } from '../cache/cache.ts'
import type { DatabaseMetrics } from '../db/types.ts'
import { CounterFamily, type Histogram, HistogramFamily } from './exposition.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]
const JOB_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300]

/** The timer of one route: found once, at registration. */
export type RouteTimer = { observe(status: number, seconds: number): void }

export type HttpMetrics = {
  route(method: string, route: string): RouteTimer
  /** Requests refused because they were too many, by class of limit. */
  refused(limit: string): { add(): void }
}

/** Jobs by what the queue holds now. */
export type QueueDepth = { ready: number; scheduled: number; running: number; dead: number }

export type JobMetrics = {
  finished(name: string, seconds: number, ok: boolean): void
  /** Asked at each scrape; a failure leaves the last answer. */
  depth(read: () => Promise<QueueDepth>): void
}

/** What became of what people were to be told. */
export type NoticeMetrics = {
  /** `channel`: in_app, email, sms, push; `outcome`: sent, skipped, failed, dead, retried. */
  delivered(channel: string, outcome: string, count?: number): void
  /** A notice had no words for what it was given, and plain ones were shown. */
  unrendered(): void
}

/** What the process tells about itself. Hand the parts to who counts; `text` is what Prometheus scrapes. */
export type Metrics = {
  readonly http: HttpMetrics
  readonly database: DatabaseMetrics
  readonly cache: CacheMetrics
  readonly jobs: JobMetrics
  readonly notices: NoticeMetrics
  /** A count that only rises, without labels. */
  counter(name: string, help: string): { add(amount?: number): void }
  /** A value that is read at each scrape; NaN while it cannot be read. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const families: { render(): string }[] = []
  const own = <T extends { render(): string }>(family: T): T => {
    families.push(family)
    return family
  }
  const counter = (name: string, help: string, labels: string[]) => own(new CounterFamily(name, help, labels))
  const histogram = (name: string, help: string, labels: string[], bounds: readonly number[]) =>
    own(new HistogramFamily(name, help, labels, bounds))

  return {
    http: httpMetrics(
      histogram(
        'http_request_duration_seconds',
        'Replies by route and class of status',
        ['method', 'route', 'status'],
        SECONDS,
      ),
      counter('http_requests_refused_total', 'Requests that were too many, by class of limit', ['limit']),
    ),
    database: {
      ...statementMetrics(
        histogram(
          'db_statement_duration_seconds',
          'Statements by name, with their wait',
          ['statement'],
          STATEMENT_SECONDS,
        ),
        counter('db_statement_errors_total', 'Statements that failed', ['statement']),
      ),
      ...retryMetrics(
        counter('db_transaction_retries_total', 'Transactions tried again, by SQLSTATE', ['code']),
      ),
      pool: poolGauges(registry),
    },
    cache: cacheMetrics(
      counter('cache_operations_total', 'Cache hits, misses, stale answers, errors', ['event', 'family']),
    ),
    jobs: {
      finished: jobMetrics(
        histogram('job_duration_seconds', 'Jobs by name and outcome', ['job', 'outcome'], JOB_SECONDS),
      ),
      depth: depthGauge(registry),
    },
    notices: noticeMetrics(
      counter('notifications_total', 'Notifications by way and outcome', ['channel', 'outcome']),
      counter('notifications_unrendered_total', 'Notices that fell back to plain words', []),
    ),
    counter: (name, help) => counter(name, help, []).child(),
    gauge(name, help, read) {
      addGauge(registry, name, help, read)
    },
    async text() {
      return (await registry.metrics()) + families.map((family) => family.render()).join('')
    },
  }
}

function httpMetrics(durations: HistogramFamily, refusals: CounterFamily): HttpMetrics {
  return {
    refused: (limit) => refusals.child(limit),
    route(method, route) {
      const classes: (Histogram | undefined)[] = []
      return {
        observe(status, seconds) {
          const index = (status / 100) | 0
          classes[index] ??= durations.child(method, route, `${index}xx`)
          classes[index].observe(seconds)
        },
      }
    },
  }
}

function statementMetrics(durations: HistogramFamily, failures: CounterFamily) {
  const known = new Map<string, Histogram>()
  return {
    statement(name: string, seconds: number, ok: boolean) {
      let timer = known.get(name)
      if (timer === undefined) {
        timer = durations.child(name)
        known.set(name, timer)
      }
      timer.observe(seconds)
      if (!ok) failures.child(name).add()
    },
  }
}

function retryMetrics(retries: CounterFamily) {
  return { retry: (code: string) => retries.child(code).add() }
}

function poolGauges(registry: Registry): DatabaseMetrics['pool'] {
  const pools = new Map<string, Parameters<DatabaseMetrics['pool']>[1]>()
  new Gauge({
    name: 'db_pool_connections',
    help: 'Connections and waiting callers now',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, read] of pools) {
        for (const [state, value] of Object.entries(read())) this.set({ pool, state }, value)
      }
    },
  })
  return (pool, read) => void pools.set(pool, read)
}

function cacheMetrics(operations: CounterFamily): CacheMetrics {
  return { count: (event, family) => operations.child(event, family).add() }
}

function jobMetrics(durations: HistogramFamily): JobMetrics['finished'] {
  return (name, seconds, ok) => durations.child(name, ok ? 'done' : 'failed').observe(seconds)
}

function noticeMetrics(deliveries: CounterFamily, unrendered: CounterFamily): NoticeMetrics {
  const plain = unrendered.child()
  return {
    delivered: (channel, outcome, count = 1) => deliveries.child(channel, outcome).add(count),
    unrendered: () => plain.add(),
  }
}

function depthGauge(registry: Registry): JobMetrics['depth'] {
  return (read) => {
    registry.removeSingleMetric('job_queue_depth')
    new Gauge({
      name: 'job_queue_depth',
      help: 'Jobs by state; dead ones are out of attempts',
      labelNames: ['state'],
      registers: [registry],
      async collect() {
        const depth = await read().catch(() => null)
        for (const [state, value] of Object.entries(depth ?? {})) this.set({ state }, value)
      },
    })
  }
}

function addGauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => number | Promise<number>,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      try {
        this.set(await read())
      } catch {
        this.set(Number.NaN)
      }
    },
  })
}
