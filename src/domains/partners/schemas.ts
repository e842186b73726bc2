import { Type } from 'typebox'
import {
  Closed,
  Country,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Slug,
  Timestamp,
  Uuid,
} from '../../platform/http/index.ts'
import { PersonCard } from '../identity/index.ts'

const Role = OneOf(['owner', 'manager', 'member'])

const Text = Nullable(Type.String())
const PartnerType = OneOf(['corporate', 'academic', 'ngo', 'government', 'cec_franchise', 'sponsor'])

export const Partner = Closed({
  partner_id: Uuid,
  slug: Type.String(),
  organization_name: Type.String(),
  partner_type: PartnerType,
  description: Text,
  website_url: Text,
  logo_url: Text,
  headquarters: Nullable(Closed({ country: Text, city: Text })),
  operating_regions: Type.Unknown({ description: 'Countries, ISO 3166-1 alpha-2, or names of regions' }),
  partnership_tier: Text,
  is_featured: Type.Boolean(),
})

export const Partners = Page(Partner)
export const PartnersQuery = PageQuery({
  type: Type.Optional(PartnerType),
  country: Type.Optional(Country),
})
export const PartnerSlug = Closed({ slug: Slug })

export const OwnPartners = Closed({
  items: Type.Array(
    Closed({
      partner_id: Uuid,
      slug: Type.String(),
      organization_name: Type.String(),
      partner_type: PartnerType,
      logo_url: Text,
      status: OneOf(['active', 'inactive', 'suspended']),
      role: Role,
      joined_at: Timestamp,
    }),
  ),
})

export const PartnerPath = Closed({ partner_id: Uuid })
export const MemberPath = Closed({ partner_id: Uuid, user_id: Uuid })

export const Member = Closed({
  user_id: Uuid,
  person: Nullable(PersonCard),
  role: Role,
  joined_at: Timestamp,
})

export const Members = Page(Member)
export const MembersQuery = PageQuery({})

export const NewMember = Closed({ role: Role })

const InvitedRole = OneOf(['manager', 'member'])

export const NewInvitation = Closed({
  email: Type.String({
    pattern:
      '^[^@\\s\\p{Cc}\\p{Cf}]+@[^@\\s\\p{Cc}\\p{Cf}][^@\\s.\\p{Cc}\\p{Cf}]*\\.[^@\\s\\p{Cc}\\p{Cf}]{2,}$',
    maxLength: 255,
  }),
  role: InvitedRole,
})

export const Invitation = Closed({
  invitation_id: Uuid,
  email: Type.String(),
  role: InvitedRole,
  invited_by: Nullable(PersonCard),
  created_at: Timestamp,
  expires_at: Timestamp,
})

export const Invitations = Closed({ items: Type.Array(Invitation) })

export const InvitationPath = Closed({ partner_id: Uuid, invitation_id: Uuid })

export const Acceptance = Closed({
  token: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'From the link in the mail' }),
})

export const Accepted = Closed({ partner_id: Uuid, role: Role })
