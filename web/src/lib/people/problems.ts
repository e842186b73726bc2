import { m } from '#lib/paraglide/messages.js'
import { sayProblems } from '#lib/problems.ts'

export const sayPeople = sayProblems({
  'person.not_found': m.people_problem_gone,
  'person.blocked': m.people_problem_blocked,
  'person.is_oneself': m.people_problem_oneself,
  'person.hidden': m.people_hidden,
  'endorsement.own_skill': m.people_problem_oneself,
  'skill.not_found': m.people_problem_gone,
  'skill.too_many': m.people_problem_skills,
  'profile.changed': m.people_problem_changed,
  'profile.picture_unknown': m.people_problem_picture,
})
