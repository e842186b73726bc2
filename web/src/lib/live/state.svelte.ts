import { untrack } from 'svelte'

/** What a stream says of things on a screen, by `post:<id>`, `event:<id>`, `person:<id>`; null: it is no longer ours to see. */
export type Figures = Readonly<Record<string, unknown>> | null

/** A notification that has just come, as it is shown for some seconds. */
export type Toast = {
  readonly id: string
  readonly title: string
  readonly message: string
  /** A path of this site, in no language. */
  readonly path: string | null
}

/** What pages know of what happens while they are open. Small, since every page carries it; what fills it comes later. */
export const live = $state({
  /** How many notifications are unread; null: as the page said. */
  unread: null as number | null,
  /** Rises with each that comes: for a list that would show it. */
  arrived: 0,
  toasts: [] as Toast[],
  figures: {} as Record<string, Figures>,
  /** What pages and their parts want to follow, with how many of them do. */
  wanted: {} as Record<string, number>,
})

/** In an effect: follows a thing for as long as it is on the screen. */
export function follow(subject: string): () => void {
  untrack(() => {
    live.wanted[subject] = (live.wanted[subject] ?? 0) + 1
  })
  return () => {
    const left = (live.wanted[subject] ?? 1) - 1
    if (left > 0) {
      live.wanted[subject] = left
      return
    }
    delete live.wanted[subject]
    delete live.figures[subject]
  }
}

/** A number of a thing that is followed; undefined: nothing was said of it. */
export function figure(subject: string, name: string): number | undefined {
  const value = live.figures[subject]?.[name]
  return typeof value === 'number' ? value : undefined
}
