import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson, sendMoved } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readFacets, readProgram, readPrograms } from './catalogue.ts'
import { enroll, readEnrollments } from './enrollments.ts'
import { readLesson, readLessons } from './lessons.ts'
import { readProgramProgress, recordProgress } from './progress.ts'
import {
  Enrollment,
  Enrollments,
  EnrollmentsQuery,
  ProgramProgress,
  Progress,
} from './schemas/enrollments.ts'
import { Lesson, LessonPath, ModuleLessons, ModulePath, NewProgress } from './schemas/lessons.ts'
import { Program, ProgramFacets, ProgramPath, Programs, ProgramsQuery, SlugPath } from './schemas/programs.ts'

export function learningRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/programs',
      {
        config: { access: 'public', session: 'ignored', errors: ['cursor.invalid'] },
        schema: {
          tags: ['learning'],
          summary: 'Published programs, popular first; with q what was searched for, best first',
          querystring: ProgramsQuery,
          response: { 200: Programs },
        },
      },
      async (request, reply) => sendJson(reply, await readPrograms(services, request.query), { etag: true }),
    )

    app.get(
      '/program-facets',
      {
        config: { access: 'public', session: 'ignored' },
        schema: {
          tags: ['learning'],
          summary: 'What the catalogue may be filtered by, with how many programs each',
          response: { 200: ProgramFacets },
        },
      },
      async (_request, reply) => sendJson(reply, await readFacets(services), { etag: true }),
    )

    app.get(
      '/programs/:slug',
      {
        config: { access: 'public', errors: ['program.not_found'] },
        schema: {
          tags: ['learning'],
          summary: 'A program with its outline, people and latest reviews',
          description: 'An address that the program once had answers 301 to the present one.',
          params: SlugPath,
          response: { 200: Program, 301: Type.Null() },
        },
      },
      async (request, reply) => {
        const page = await readProgram(services, request.actor, request.params.slug)
        if ('movedTo' in page) return sendMoved(reply, `${app.prefix}/programs/${page.movedTo}`)
        return sendJson(reply, page.text, { etag: page.isPublic })
      },
    )

    app.get(
      '/modules/:module_id/lessons',
      {
        config: { access: 'public', errors: ['module.not_found'] },
        schema: {
          tags: ['learning'],
          summary: "A module's lessons, as far as the reader may have them (P2)",
          params: ModulePath,
          response: { 200: ModuleLessons },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readLessons(services, request.actor, request.params.module_id)),
    )

    app.get(
      '/lessons/:lesson_id',
      {
        config: {
          access: 'public',
          errors: ['lesson.not_found', 'lesson.locked', 'enrollment.required'],
        },
        schema: {
          tags: ['learning'],
          summary: 'A lesson with its place, its neighbours and my progress; a preview for everybody',
          params: LessonPath,
          response: { 200: Lesson },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readLesson(services, request.actor, request.params.lesson_id)),
    )

    app.get(
      '/programs/:program_id/progress',
      {
        config: { access: 'signed_in', errors: ['enrollment.required'] },
        schema: {
          tags: ['learning'],
          summary: 'How far I am in each module and lesson of a program, and what comes next',
          params: ProgramPath,
          response: { 200: ProgramProgress },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readProgramProgress(services, request.actor!, request.params.program_id)),
    )

    app.put(
      '/lessons/:lesson_id/progress',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['lesson.not_found', 'lesson.locked', 'enrollment.required'],
        },
        schema: {
          tags: ['learning'],
          summary: 'Report how far I am in a lesson (W2); safe to repeat',
          params: LessonPath,
          body: NewProgress,
          response: { 200: Progress },
        },
      },
      async (request, reply) =>
        sendJson(
          reply,
          await recordProgress(services, request.actor!, request.params.lesson_id, request.body),
        ),
    )

    app.post(
      '/programs/:program_id/enrollments',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['program.not_found', 'enrollment.payment_required', 'enrollment.suspended'],
        },
        schema: {
          tags: ['learning'],
          summary: 'Enrol in a free program; 200 when I am enrolled already',
          params: ProgramPath,
          response: { 200: Enrollment, 201: Enrollment },
        },
      },
      async (request, reply) => {
        const { created, text } = await enroll(services, request.actor!, request.params.program_id)
        return sendJson(reply.code(created ? 201 : 200), text)
      },
    )

    app.get(
      '/me/enrollments',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags: ['learning'],
          summary: 'My enrolments with their programs, newest first',
          querystring: EnrollmentsQuery,
          response: { 200: Enrollments },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readEnrollments(services, request.actor!, request.query)),
    )
  }
}
