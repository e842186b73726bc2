export { deleteFilesOfPerson, filesOfPerson, type PersonFile } from './person-files.ts'
export { type MediaCount, mediaCounts } from './queries/media.ts'
export { type Swept, sweepable, sweepMedia } from './sweep.ts'
