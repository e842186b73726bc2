/** `isCurrent` turns false once the key was dropped, or flown anew under another version: then nothing may be stored. */
type Work = (isCurrent: () => boolean) => Promise<string>

/** Productions under way in this process, one for a key and its version. */
export type Flights = {
  join(key: string, version: string, work: Work): Promise<string>
  /** Starts a flight that nobody waits for, unless one is under way or failed within the last second. */
  refresh(key: string, version: string, work: Work, onFailure: (error: unknown) => void): void
  /** Later callers do not join what is under way for the key, and that stores nothing. */
  drop(key: string): void
}

type Flight = { readonly version: string; promise: Promise<string> }

/** A dead source is asked for a stale key once a second, not once a request. */
const REST_MS = 1000

export function createFlights(): Flights {
  const flights = new Map<string, Flight>()
  const resting = new Set<string>()

  function join(key: string, version: string, work: Work): Promise<string> {
    const known = flights.get(key)
    return known?.version === version ? known.promise : launch(key, version, work)
  }

  function launch(key: string, version: string, work: Work): Promise<string> {
    const flight: Flight = { version, promise: Promise.resolve('') }
    flights.set(key, flight)
    const isCurrent = () => flights.get(key) === flight
    flight.promise = work(isCurrent).finally(() => {
      if (isCurrent()) flights.delete(key)
    })
    return flight.promise
  }

  function refresh(key: string, version: string, work: Work, onFailure: (error: unknown) => void): void {
    if (resting.has(key) || flights.get(key)?.version === version) return
    launch(key, version, work).catch((error: unknown) => {
      resting.add(key)
      setTimeout(() => resting.delete(key), REST_MS).unref()
      onFailure(error)
    })
  }

  function drop(key: string): void {
    flights.delete(key)
    resting.delete(key)
  }

  return { join, refresh, drop }
}
