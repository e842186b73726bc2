export { eraseAgain, peopleWhoAreBack, purgeNow } from './replay.ts'
