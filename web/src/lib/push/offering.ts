/**
 * Offers push where it makes sense: after somebody follows, or enrols. The layout sets `now`; whoever is asked once is not asked
 * again. `afterwards`: once the page below this path is there, to which a form leads when it was taken.
 */
export const offering: { now: () => void; afterwards: string | null } = {
  now: () => undefined,
  afterwards: null,
}
