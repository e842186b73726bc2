export { forgetDirectory } from './directory.ts'
