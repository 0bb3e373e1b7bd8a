import { inOrder, parseDocument } from '../documents/documents.ts'
import type { Problem } from '../domain/errors.ts'
import { checkProfile } from './profile-checks.ts'
import { type Profile, profileSchema } from './profile-schema.ts'

/** The profile, or every problem of the text at once: a broken file happens every day, so it is a value and no throw. */
export function readProfile(text: string): { profile: Profile } | { problems: readonly Problem[] } {
  const parsed = parseDocument(text, profileSchema)
  const more = checkProfile(parsed.ok ? parsed.value : parsed.raw, parsed.locate)
  if (parsed.ok && more.length === 0) return { profile: parsed.value }
  const said = new Set(more.map((problem) => problem.path))
  // Where a check knows better what is wrong (a reference number), the schema's "too big" only distracts.
  const bySchema = parsed.ok ? [] : parsed.problems.filter((problem) => problem.path === '' || !said.has(problem.path))
  return { problems: inOrder([...bySchema, ...more]) }
}
