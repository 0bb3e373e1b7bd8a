import type { StrangersAnswer } from '../http/setup-views.ts'
import type { CommissioningParts } from './commissioning-parts.ts'
import { shapesOf } from './topic-shapes.ts'

/** Who knocks at the broker, and which profile speaks as it does. */
export function knocking(parts: CommissioningParts, since: number): StrangersAnswer {
  const { hall } = parts.hall()
  const profiles = parts.profiles.ids().flatMap((id) => {
    const profile = parts.profiles.get(id)
    return profile?.mqtt ? [{ id, mqtt: profile.mqtt, profile }] : []
  })
  return {
    at: parts.clock.wallMs(),
    since,
    credentials: hall.broker.credentialsFile !== undefined,
    strangers: parts.strangers.list().map(({ user, topics, ...stranger }) => ({
      ...stranger,
      user: user ?? null,
      topics: [...topics],
      suggestions: topics
        .flatMap((topic) => shapesOf(topic, hall.hall.id, profiles))
        .filter((shape, i, all) => all.findIndex((other) => other.profile === shape.profile) === i)
        .slice(0, 5)
        .flatMap(({ profile, topic, parameters }) => {
          const known = parts.profiles.get(profile)
          return known ? [{ profile, title: known.title, kind: known.kind, topic, parameters: { ...parameters } }] : []
        }),
    })),
  }
}
