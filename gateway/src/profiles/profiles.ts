import { problemList } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Profile } from './profile-schema.ts'
import { readProfile } from './read-profile.ts'

export { createProfileLibrary, type ProfileLibrary } from './profile-library.ts'
export type { Profile } from './profile-schema.ts'

/**
 * Reads one profile.
 * @param path  as a person knows the file; only for messages
 * @throws HallwattError HW_PROFILE_INVALID with every problem of the file at once
 */
export function parseProfile(path: string, text: string): Profile {
  const read = readProfile(text)
  if ('profile' in read) return read.profile
  throw new HallwattError('HW_PROFILE_INVALID', problemList(path, read.problems), { problems: read.problems })
}
