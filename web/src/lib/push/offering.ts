/**
 * Offers push where it makes sense: after somebody follows, or enrols. The layout sets `now`; whoever is asked once is not asked
 * again. `afterwards`: once the page that a form leads to is there.
 */
export const offering: { now: () => void; afterwards: boolean } = { now: () => undefined, afterwards: false }
