import { m } from '#lib/paraglide/messages.js'

const ABOUT = '/settings/profile'
/** What a profile may lack: what it is called, and where it is filled in. */
const PARTS: Readonly<Record<string, readonly [name: () => string, path: string]>> = {
  profile_photo_url: [m.people_part_photo, `${ABOUT}#photo`],
  bio: [m.people_field_bio, `${ABOUT}#words`],
  tagline: [m.people_field_tagline, `${ABOUT}#words`],
  occupation: [m.people_field_occupation, `${ABOUT}#words`],
  location: [m.people_part_location, `${ABOUT}#words`],
  skills: [m.people_part_skills, `${ABOUT}/skills`],
  brand_name: [m.people_field_brand, `${ABOUT}#words`],
  mission_statement: [m.people_field_mission, `${ABOUT}#words`],
  industry: [m.people_field_industry, `${ABOUT}#words`],
  years_experience: [m.people_field_years, `${ABOUT}#words`],
  social_links: [m.people_links, `${ABOUT}#links`],
  portfolio_urls: [m.people_part_portfolio, `${ABOUT}/portfolio`],
}

export function partName(part: string): string {
  return PARTS[part]?.[0]() ?? part
}

export function partPath(part: string): string {
  return PARTS[part]?.[1] ?? ABOUT
}
