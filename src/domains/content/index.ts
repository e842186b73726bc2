export { deleteFilesOfPerson, filesOfPerson, type PersonFile } from './person-files.ts'
export { type MediaCount, mediaCounts } from './queries/media.ts'
export { countUnusedMedia, noteUnusedMedia, releaseUnusedMedia } from './queries/unused-media.ts'
export { type Swept, sweepable, sweepMedia } from './sweep.ts'
