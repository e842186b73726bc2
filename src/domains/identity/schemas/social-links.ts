import { Type } from 'typebox'
import { Format } from 'typebox/format'
import { HttpsLink, Nullable, Patch } from '../../../platform/http/index.ts'
import { isHttpsLink } from '../../../platform/https-links.ts'

/** Each leads to its own network and nowhere else: a reader trusts the icon that stands for it. */
export const SocialLinks = Patch({
  linkedin: LinkTo('linkedin', 'linkedin.com'),
  twitter: LinkTo('twitter', 'twitter.com', 'x.com'),
  instagram: LinkTo('instagram', 'instagram.com'),
  youtube: LinkTo('youtube', 'youtube.com', 'youtu.be'),
  tiktok: LinkTo('tiktok', 'tiktok.com'),
  facebook: LinkTo('facebook', 'facebook.com', 'fb.com', 'fb.me'),
  whatsapp: LinkTo('whatsapp', 'wa.me', 'whatsapp.com'),
  website: Nullable(HttpsLink),
})

function LinkTo(network: string, ...hosts: string[]) {
  const format = `${network}-link`
  Format.Set(format, (text) => isHttpsLink(text, hosts))
  const description = `https, on ${hosts.join(' or ')}`
  return Nullable(Type.String({ format, maxLength: 500, description }))
}
