import { seedOf } from './seed.ts'

/** Ground, and three colours laid on it. */
const PALETTES = [
  ['#7c2d12', '#f2a65a', '#fbe3c4', '#3a1408'],
  ['#20443b', '#8fc1a5', '#f4dfb4', '#0f241f'],
  ['#2d3566', '#f0b86c', '#c8d0f2', '#151a38'],
  ['#5f2742', '#eb8f6c', '#f7d9cf', '#2d1020'],
  ['#6b4d12', '#f5cd79', '#fff2d6', '#332405'],
] as const

/** What a tile of 40 by 40 may hold; the last is left empty. */
const KINDS = [
  'M0 0h40A40 40 0 0 1 0 40z',
  'M0 0h20A20 20 0 0 1 0 20zM40 40H20a20 20 0 0 1 20-20z',
  'M0 0h40L0 40z',
  'M0 0h8v40H0zM16 0h8v40h-8zM32 0h8v40h-8z',
] as const

export type Tile = { readonly place: string; readonly fill: string; readonly path: string }

/** Woven arcs, `across` tiles by `down`, each turned by the seed: the same seed is the same cloth. */
export function weave(
  seed: string,
  across = 6,
  down = 3,
): { readonly ground: string; readonly tiles: readonly Tile[] } {
  const start = seedOf(seed)
  const palette = PALETTES[start % PALETTES.length] ?? PALETTES[0]
  const tiles = Array.from({ length: across * down }, (_, i) => {
    const roll = Math.imul(start ^ (i * 2_654_435_761), 1_597_334_677) >>> 8
    const [x, y] = [(i % across) * 40, Math.floor(i / across) * 40]
    return {
      place: `translate(${x} ${y}) rotate(${(roll % 4) * 90} 20 20)`,
      fill: palette[1 + ((roll >> 5) % 3)] ?? palette[1],
      path: KINDS[(roll >> 2) % 5] ?? '',
    }
  })
  return { ground: palette[0], tiles: tiles.filter(({ path }) => path !== '') }
}
