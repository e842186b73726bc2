export { type Swept, sweepMedia } from './sweep.ts'
