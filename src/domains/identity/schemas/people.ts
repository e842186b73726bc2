import { Type } from 'typebox'
import { Closed, Nullable, Page, PageQuery, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { CoverKey, PhotoKey } from './pictures.ts'

const Text = Nullable(Type.String())
const Count = Nullable(Type.Integer())
const Flag = (description: string) => Nullable(Type.Boolean({ description }))
/** As the person filled it in. */
const Free = Type.Unknown()

/** Someone as everybody may see them beside what they publish: `people.card` in SQL. */
export const PersonCard = Closed({
  user_id: Uuid,
  username: Text,
  full_name: Type.String(),
  profile_photo_url: PhotoKey,
})

const Online = Flag('A session was active in the last five minutes; null where that is not shared')

/** Between the reader and this person; nobody is told who has blocked them. */
const Relation = Closed({
  following: Type.Boolean(),
  followed_by: Type.Boolean(),
  muted: Type.Boolean(),
  blocked: Type.Boolean(),
})

/** Null is what its owner keeps to themselves, or has not filled in. */
export const Profile = Closed({
  brand_name: Text,
  tagline: Text,
  bio: Text,
  mission_statement: Text,
  occupation: Text,
  industry: Text,
  years_experience: Count,
  location: Free,
  social_links: Free,
  skills: Nullable(Type.Array(Type.String())),
  certifications: Free,
  portfolio_urls: Free,
  cover_photo_url: CoverKey,
  post_count: Count,
  follower_count: Count,
  following_count: Count,
  email: Text,
  phone_number: Text,
  member_since: Nullable(Timestamp),
  is_coach: Type.Boolean({ description: 'Has a page of their own at /coaches/{username}' }),
  takes_messages: Flag('From this reader; null for strangers and for oneself'),
})

/** `profile` is null for whom it is kept from, `relation` for strangers and for oneself. */
export const Person = Closed({
  ...PersonCard.properties,
  online: Online,
  profile: Nullable(Profile),
  relation: Nullable(Relation),
})

export const Follows = Page(Closed({ ...PersonCard.properties, online: Online }))
export const Cards = Page(PersonCard)
export const PageOfPeopleQuery = PageQuery({})

/** An id has the form of one; a username of that form finds nobody. */
export const PersonPath = Closed({
  person: Type.String({ pattern: '^[A-Za-z0-9._-]{3,100}$', description: 'A username, or a user id' }),
})
export const UserPath = Closed({ user_id: Uuid })
