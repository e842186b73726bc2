import { Type } from 'typebox'
import { Nullable, Uuid } from '../../../platform/http/index.ts'

export const PhotoKey = Nullable(
  Type.String({
    description:
      'A storage key; its address is /media/{key}. That of 256 pixels as WebP: beside it stand 64, 128 and 512, each as .webp and .avif',
  }),
)

export const CoverKey = Nullable(
  Type.String({
    description:
      'A storage key; its address is /media/{key}. That of 1280 pixels as WebP, three times as wide as high: beside it stand 640 and 1920, each as .webp and .avif',
  }),
)

export const PortfolioPicture = {
  ...Uuid,
  description:
    'A picture that was uploaded for the portfolio. Its address is /media/public/portfolio/{asset_id}/960.webp: beside it stand 320, each as .webp and .avif',
}
