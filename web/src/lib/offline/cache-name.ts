/** Everything of a person that the service worker may answer with stands in caches whose names begin so. */
export const OF_A_PERSON = 'person-'
