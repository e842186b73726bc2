import type { Config, ReadyConfig } from '../platform/config.ts'
import { OperatorError } from '../platform/errors.ts'

/** What processes that scale out must be told, since they share no data folder. Throws OperatorError. */
export function sharedConfig(config: Config): ReadyConfig {
  const { databaseUrl, databaseWorkerUrl, secretKey } = config
  if (databaseUrl === null || databaseWorkerUrl === null) {
    throw new OperatorError(
      'DATABASE_URL is not set: expected a database that is shared; `start` brings its own',
    )
  }
  if (secretKey === null) {
    throw new OperatorError('SECRET_KEY is not set: expected the key that all processes share')
  }
  return { ...config, databaseUrl, databaseWorkerUrl, secretKey }
}
