export type { Fact, FactParams } from './fact.ts'
export type { Notice, NoticeText, NoticeValues, OptionalChannel, Subject, Told } from './notice.ts'
export { cancelFacts, type NewFact, publishFact } from './publish.ts'
