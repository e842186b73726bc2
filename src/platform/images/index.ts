export { createImages, type Images, type RenderOptions } from './images.ts'
export type { Outcome, Recipe, Refusal, Rendition } from './recipe.ts'
