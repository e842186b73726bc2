import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Page, Timestamp, Uuid } from '../../../platform/http/index.ts'

const Text = Nullable(Type.String())

export const Project = Closed({
  project_id: Uuid,
  title: Type.String(),
  slug: Text,
  problem_statement: Type.String(),
  solution_description: Type.String(),
  target_market: Text,
  stage: OneOf(['idea', 'prototype', 'active', 'scaling']),
  support_needed: Nullable(Type.Array(Type.String())),
  demo_url: Text,
  endorsement_count: Type.Integer(),
  published_at: Timestamp,
})

export const Projects = Page(Project)
