import type { MqttProfile } from '../profiles/profile-schema.ts'

export interface ShapeMatch {
  readonly profile: string
  /** Topic of the profile that has this shape. */
  readonly topic: string
  readonly parameters: Readonly<Record<string, string>>
  /** Letters of the topic that the profile itself names: how little of the match is chance. */
  readonly literal: number
}

/** Profiles whose topics have the shape of one that was seen, the most telling first, each once. */
export function shapesOf(
  topic: string,
  hall: string,
  profiles: readonly { readonly id: string; readonly mqtt: MqttProfile }[],
): ShapeMatch[] {
  const matches = profiles.flatMap(({ id, mqtt }) => {
    const templates = [...mqtt.messages.map((message) => message.topic), ...(mqtt.publishes ?? [])]
    const found = templates.flatMap((template) => matchOf(id, template, topic, hall) ?? [])
    return found.sort((a, b) => b.literal - a.literal).slice(0, 1)
  })
  // Of profiles that look alike from here, the one that understands most kinds of messages.
  const messages = new Map(profiles.map(({ id, mqtt }) => [id, mqtt.messages.length]))
  const understood = ({ profile }: ShapeMatch) => messages.get(profile) ?? 0
  return matches
    .sort((a, b) => b.literal - a.literal || understood(b) - understood(a) || (a.profile < b.profile ? -1 : 1))
    .slice(0, 5)
}

/** A shape of so few letters of its own would fit nearly everything. */
const FEWEST_LETTERS = 3

function matchOf(profile: string, template: string, topic: string, hall: string): ShapeMatch | undefined {
  const names: string[] = []
  let literal = 0
  const levels = template.split('/').map((level) => {
    if (level === '#') return '.*'
    if (level.startsWith('+')) return '[^/]+'
    return level
      .split(/(\{[A-Za-z][A-Za-z0-9]*\})/)
      .map((part) => {
        if (!/^\{.*\}$/.test(part)) {
          literal += part.length
          return escaped(part)
        }
        const name = part.slice(1, -1)
        if (name === 'hall') return escaped(hall)
        names.push(name)
        return '([^/]+)'
      })
      .join('')
  })
  if (literal < FEWEST_LETTERS) return undefined
  const match = new RegExp(`^${levels.join('/')}$`).exec(topic)
  if (!match) return undefined
  return {
    profile,
    topic: template,
    parameters: Object.fromEntries(names.map((name, i) => [name, match[i + 1] ?? ''])),
    literal,
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
