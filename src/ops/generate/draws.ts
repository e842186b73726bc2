/** A number that depends on nothing but the seed, its name and the index, so any thread can make any row, in any order. */
export type Draw = (index: number) => number

/** Uniform in [0, 1), 32 bits of it. */
export function uniform(seed: number, name: string): Draw {
  const stream = streamOf(seed, name)
  return (index) => scramble(index, stream) / 4_294_967_296
}

/** Exponential with mean 1: gaps, delays, sizes with a long tail. */
export function exponential(seed: number, name: string): Draw {
  const u = uniform(seed, name)
  return (index) => -Math.log(1 - u(index))
}

/** Whole numbers from 0 to below `size`. */
export function below(seed: number, name: string): (index: number, size: number) => number {
  const u = uniform(seed, name)
  return (index, size) => Math.floor(u(index) * size)
}

/** 32 bits that tell one use of the seed from another (FNV-1a over the name). */
export function streamOf(seed: number, name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return scramble(hash, scramble(seed, 0x2545f491))
}

/** A bijection of 32-bit numbers for each stream ("lowbias32" of Ellis and Wellons). */
export function scramble(index: number, stream: number): number {
  let x = (Math.imul(index, 0x9e3779b1) + stream) | 0
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}
