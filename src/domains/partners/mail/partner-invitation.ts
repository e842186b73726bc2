import type { MailTemplate } from '../../../platform/messages/index.ts'
import { issueToken } from '../../identity/index.ts'
import { openInvitation } from '../queries/invitations.ts'

type Params = { readonly invitation_id: string; readonly role: string }
type Secrets = { readonly token: string; readonly organization: string }

/** The link holds the token; the organisation's name is read when the mail is written. */
export const partnerInvitation: MailTemplate<Params, Secrets> = {
  name: 'partner_invitation',
  channel: 'email',
  causedBy: 'anyone',
  usefulForSeconds: 7 * 86_400,
  async prepare(tx, { params: { invitation_id } }) {
    const invitation = await openInvitation(tx, invitation_id)
    if (!invitation || invitation.seconds < 1) return null
    const about = { userId: null, data: { invitation_id } }
    const token = await issueToken(tx, 'mail.partner_invitation', about, invitation.seconds)
    return { token, organization: invitation.organization_name }
  },
  texts: {
    en: ({ organization, role, token }, on) => ({
      subject: `${organization} invites you`,
      paragraphs: [
        `${organization} asks you to act for it on ${on.brand} as ${role === 'manager' ? 'a manager' : 'a member'}. If you have no account yet, you can make one on the way.`,
      ],
      action: { label: 'Accept the invitation', url: on.url('/partner-invitation', { token }) },
      notes: ['The link works once, for seven days. If you do not know why you get this mail, ignore it.'],
    }),
    sw: ({ organization, role, token }, on) => ({
      subject: `${organization} inakualika`,
      paragraphs: [
        `${organization} inakuomba uiwakilishe kwenye ${on.brand} kama ${role === 'manager' ? 'meneja' : 'mwanachama'}. Kama bado huna akaunti, unaweza kuifungua njiani.`,
      ],
      action: { label: 'Kubali mwaliko', url: on.url('/partner-invitation', { token }) },
      notes: [
        'Kiungo kinafanya kazi mara moja, kwa siku saba. Kama hujui kwa nini umepata barua hii, ipuuze.',
      ],
    }),
    fr: ({ organization, role, token }, on) => ({
      subject: `${organization} vous invite`,
      paragraphs: [
        `${organization} vous propose d’agir en son nom sur ${on.brand} comme ${role === 'manager' ? 'responsable' : 'membre'}. Si vous n’avez pas encore de compte, vous pourrez en créer un en chemin.`,
      ],
      action: { label: 'Accepter l’invitation', url: on.url('/partner-invitation', { token }) },
      notes: [
        'Le lien fonctionne une seule fois, pendant sept jours. Si vous ne savez pas pourquoi vous recevez ce message, ignorez-le.',
      ],
    }),
  },
}
