import type { Problem } from '#lib/api/types.ts'
import { m } from '#lib/paraglide/messages.js'
import { sayProblems } from '#lib/problems.ts'

const TEXTS: Readonly<Record<string, () => string>> = {
  'auth.step_up_required': m.admin_problem_step_up,
  'role.own': m.admin_problem_own,
  'role.needs_super_admin': m.admin_problem_super,
  'role.overlaps': m.admin_problem_overlaps,
  'role.invalid_period': m.admin_problem_period,
  'role.ended': m.admin_problem_ended,
  'role.member_stays': m.admin_problem_member_stays,
  'role.comes_with_partner': m.admin_problem_partner,
  'role.last_super_admin': m.admin_problem_last_super,
  'suspension.invalid_end': m.admin_problem_period,
  'person.yourself': m.admin_problem_own,
  'person.is_staff': m.admin_problem_super,
  'person.suspended': m.admin_problem_suspended,
  'person.not_suspended': m.admin_problem_not_suspended,
  'person.inactive': m.admin_problem_inactive,
  'session.not_found': m.admin_problem_session_gone,
  'impersonation.of_staff': m.admin_problem_of_staff,
  'coach_application.decided': m.admin_problem_decided,
  'coach_application.own': m.admin_problem_own,
  'coach_application.nothing_expires': m.admin_problem_nothing_expires,
  'setting.invalid_value': m.admin_problem_setting,
  'tag.name_taken': m.admin_problem_tag_taken,
  'tag.without_slug': m.admin_problem_tag_slug,
  'tag.in_use': m.admin_problem_tag_in_use,
  'tag.into_itself': m.admin_problem_tag_itself,
  'tag.other_category': m.admin_problem_tag_category,
  'faq.translation_taken': m.admin_problem_faq_translation,
  'privacy_request.own': m.privacy_desk_own,
  'privacy_request.closed': m.privacy_desk_gone,
  'privacy_request.extended': m.privacy_desk_late,
  'privacy_request.too_late': m.privacy_desk_late,
  'broadcast.not_draft': m.desk_problem_not_draft,
  'broadcast.foreign_link': m.desk_problem_foreign,
  'broadcast.segment_invalid': m.desk_problem_segment,
  'broadcast.reach_changed': m.desk_problem_reach,
  'broadcast.nobody': m.desk_problem_nobody,
  'broadcast.stopped': m.desk_problem_stopped,
  'broadcast.nothing_to_stop': m.desk_problem_nothing,
  'data_breach.unanswered': m.privacy_breach_unanswered,
  'data_breach.no_notice': m.privacy_breach_no_notice,
  'data_breach.authority_told': m.privacy_breach_told,
}

const FIELDS: Readonly<Record<string, () => string>> = {
  not_a_time: m.admin_field_time,
  in_every_language: m.admin_field_every_language,
  tag_unknown: m.admin_field_tag_unknown,
}

export const sayAdmin = sayProblems(TEXTS)

/** What is wrong with one field, in the reader's language. */
export function wrong(problem: Problem | undefined, name: string): string | null {
  const found = problem?.errors.find(
    ({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`),
  )
  if (!found) return null
  return (FIELDS[found.code] ?? TEXTS[found.code] ?? m.admin_field_wrong)()
}
