import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Static, TSchema } from 'typebox'
import { ContentFault, lineNaming } from './faults.ts'
import { parseJson } from './json-file.ts'
import { type Program, parseProgram } from './program-file.ts'
import * as shapes from './shapes.ts'

/** Everything in db/demo, as it was written. */
export type Content = ReturnType<typeof readContent>

/** Reads and checks the folder, some 350 KB. Throws ContentFault. */
export function readContent(folder: string) {
  const texts = new Map<string, string>()
  const read = (file: string) => {
    const text = readFileSync(path.join(folder, file), 'utf8')
    texts.set(file, text)
    return text
  }
  const json = <T extends TSchema>(file: string, shape: T): Static<T> => parseJson(file, read(file), shape)
  return {
    tags: json('tags.json', shapes.Tags),
    people: json('people.json', shapes.People),
    connections: json('connections.json', shapes.Connections),
    endorsements: json('endorsements.json', shapes.Endorsements),
    coachApplications: json('coach-applications.json', shapes.CoachApplications),
    partners: json('partners.json', shapes.Partners),
    subscriptions: json('subscriptions.json', shapes.Subscriptions),
    enrollments: json('enrollments.json', shapes.Enrollments),
    reviews: json('reviews.json', shapes.Reviews),
    posts: json('posts.json', shapes.Posts),
    projects: json('projects.json', shapes.Projects),
    events: json('events.json', shapes.Events),
    products: json('products.json', shapes.Products),
    coupons: json('coupons.json', shapes.Coupons),
    faqs: json('faqs.json', shapes.Faqs),
    programs: programFiles(folder).map((file): Program => parseProgram(file, read(file))),
    /** What a name that leads nowhere, or a second of the same name, is answered with. */
    fault: (file: string, name: string, what: string) =>
      new ContentFault(file, lineNaming(texts.get(file) ?? '', name), what),
  }
}

function programFiles(folder: string): string[] {
  return globSync('programs/*.md', { cwd: folder }).sort()
}
