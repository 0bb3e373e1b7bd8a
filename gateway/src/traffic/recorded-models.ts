import { locatedBy } from '../profiles/locate-models.ts'
import type { ModbusProfile } from '../profiles/profile-schema.ts'
import { type SunSpecMap, SunSpecWalk } from '../profiles/sunspec-walk.ts'
import type { Understood } from './modbus-frames.ts'

type Read = Extract<Understood, { is: 'read' }>

/**
 * A SunSpec profile with wire addresses, by the walk that stands in a recording.
 * @param reads     all reads of the unit
 * @returns         no `placed` without marker or without every model the profile needs; `unplaced`: what the recording does not have
 */
export function modelsIn(
  profile: ModbusProfile,
  reads: readonly Read[],
): { readonly placed?: ModbusProfile; readonly unplaced: readonly string[] } {
  const { map, unheard } = walkOver(reads, profile.sunspec?.bases)
  if (!map) return { unplaced: [`SunSpec marker${unheard.length > 0 ? ` at ${unheard.join(', ')}` : ''}`] }
  const end = endOf(map)
  const cut = unheard.includes(end) ? [`SunSpec models from ${end} on`] : []
  const located = locatedBy(profile, map)
  if (!located.ok) return { unplaced: [located.missing, ...cut] }
  const absent = Object.values(profile.sunspec?.models ?? {}).filter(
    (ids) => !map.models.some(({ id }) => ids.includes(id)),
  )
  return { placed: located.profile, unplaced: [...absent.map((ids) => `SunSpec model ${ids.join(', ')}`), ...cut] }
}

/** `unheard`: addresses at which the walk went on without an answer. */
function walkOver(reads: readonly Read[], bases: readonly number[] | undefined) {
  const words = new Map<number, number>()
  const refused = new Set<number>()
  for (const { table, address, words: came = [], exceptionCode } of reads) {
    if (table !== 'holding') continue
    for (const [i, word] of came.entries()) words.set(address + i, word)
    if (exceptionCode !== undefined) refused.add(address)
  }
  const unheard: number[] = []
  const walk = new SunSpecWalk(bases)
  for (let { request } = walk; request; { request } = walk) {
    const { address } = request
    const [first, second] = [words.get(address), words.get(address + 1)]
    const isHeard = first !== undefined && second !== undefined
    if (!isHeard && !refused.has(address)) unheard.push(address)
    walk.done(isHeard ? [first, second] : undefined)
  }
  return { map: walk.map, unheard }
}

/** Where the head behind the last model stands. */
function endOf({ base, models }: SunSpecMap): number {
  const last = models.at(-1)
  return last ? last.address + last.length + 2 : base + 2
}
