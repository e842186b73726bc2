import { AsyncLocalStorage } from 'node:async_hooks'

/** The request that something happens in. */
export type Origin = { readonly id: string; readonly ip: string; readonly userAgent: string | undefined }

const origins = new AsyncLocalStorage<Origin>()

/**
 * What runs in `work` is audited as coming from there. The one thing that is ambient: every audit row carries it, nothing
 * else reads it and no rule depends on it, so that no operation can forget to pass it on. Who acts stays an argument.
 */
export function within<T>(origin: Origin, work: () => T): T {
  return origins.run(origin, work)
}

/** Undefined for what no request caused: jobs, commands. */
export function currentOrigin(): Origin | undefined {
  return origins.getStore()
}
