import type { Case } from './case.ts'
import { analytics } from './expectations/analytics.ts'
import { audit } from './expectations/audit.ts'
import { channels } from './expectations/channels.ts'
import { commerce } from './expectations/commerce.ts'
import { community } from './expectations/community.ts'
import { content } from './expectations/content.ts'
import { identity } from './expectations/identity.ts'
import { learning } from './expectations/learning.ts'
import { meeting } from './expectations/meeting.ts'
import { partners } from './expectations/partners.ts'
import { privacy } from './expectations/privacy.ts'
import { privacyRequests } from './expectations/privacy-requests.ts'
import type { World } from './world.ts'

/** Who may do what to whose row, for every table with row security (R34). */
export function expectations(world: World): readonly Case[] {
  return [
    identity,
    audit,
    content,
    commerce,
    learning,
    meeting,
    community,
    partners,
    privacy,
    privacyRequests,
    analytics,
    channels,
  ].flatMap((of) => of(world))
}
