export { forgetPrograms } from './catalogue.ts'
