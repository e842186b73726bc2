/** The time as the code sees it, so that a test can stand still. Rows take their time from the database. */
export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }
