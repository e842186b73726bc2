export function withLock(lock: string, work: () => Promise<void> | void): Promise<void>
