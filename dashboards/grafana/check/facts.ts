import type { Value } from '../../../gateway/src/domain/frame.ts'
import type { SpooledFrame } from '../../../gateway/src/spool/spool.ts'

/** What the gateway's store knows of one instant of one series; values by quantity id, as the vocabulary names them. */
export interface Fact {
  readonly hall: string
  readonly zone: string
  readonly device: string
  readonly profile: string
  readonly code: string
  readonly at: number
  readonly values: Readonly<Record<string, Value>>
}

export type Tag = 'hall' | 'zone' | 'device' | 'profile' | 'code'

/** Facts by what they are about: a device kind, or `status`, `alarm`, `work_order`, `gateway`. */
export type Facts = ReadonlyMap<string, readonly Fact[]>

/** Two frames of one series at one instant are one fact: the later word on a quantity holds. */
export function factsOf(frames: readonly SpooledFrame[]): Facts {
  const known = new Map<string, Fact>()
  const subjects = new Map<string, Fact[]>()
  for (const { series, frame } of frames) {
    const { hall, zone, device, profile, kind, stream, code = '' } = series
    const subject = stream === 'reading' ? kind : stream
    const key = [subject, hall, zone, device, profile, code, frame.at].join(' ')
    const before = known.get(key)
    if (before) {
      Object.assign(before.values, frame.values)
      continue
    }
    const fact = { hall, zone, device, profile, code, at: frame.at, values: { ...frame.values } }
    known.set(key, fact)
    const list = subjects.get(subject)
    if (list) list.push(fact)
    else subjects.set(subject, [fact])
  }
  for (const list of subjects.values()) list.sort((a, b) => a.at - b.at)
  return subjects
}
