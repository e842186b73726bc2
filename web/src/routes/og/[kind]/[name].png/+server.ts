import { error, redirect } from '@sveltejs/kit'
import { Kept } from '#lib/server/kept.ts'
import { sharePicture } from '#lib/server/share-picture.ts'
import { shareWords } from '#lib/server/share-words.ts'
import { asStranger } from '#lib/server/stranger.ts'
import type { RequestHandler } from './$types'

/** About 50 KB each. A picture is made once for its words, whoever asks how often. */
const pictures = new Kept<Uint8Array<ArrayBuffer>>({ most: 200, seconds: 86_400 })

/** Drawing costs tens of milliseconds of a core: beyond so many at once the picture of the whole site does. */
const MOST_AT_ONCE = 2
let drawing = 0

async function draw(words: Parameters<typeof sharePicture>[0]): Promise<Uint8Array<ArrayBuffer>> {
  if (drawing >= MOST_AT_ONCE) throw redirect(307, '/share.png')
  drawing++
  try {
    return await sharePicture(words)
  } finally {
    drawing--
  }
}

export const GET: RequestHandler = async (event) => {
  const { kind, name } = event.params
  const words = await shareWords(asStranger(event), kind, name)
  if (words === null) throw error(404)
  const key = JSON.stringify([kind, name, words])
  const png = await pictures.get(key, () => draw({ ...words, seed: name }))
  return new Response(png, {
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
  })
}
