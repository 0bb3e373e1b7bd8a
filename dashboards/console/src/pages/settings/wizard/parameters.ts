import type { Draft, Profile } from './draft.ts'

/** Topic parameters that have no default and are not given yet. */
export const missingParameters = (profile: Profile, { topic }: Draft): string[] =>
  profile.parameters
    .filter(({ name, default: byDefault }) => byDefault === null && !topic[name])
    .map(({ name }) => name)
