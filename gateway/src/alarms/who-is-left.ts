import type { Capability } from '../domain/capability.ts'
import type { AlarmDevice } from './alarm-book.ts'
import type { AlarmIndex } from './alarm-index.ts'
import type { Topology } from './topology.ts'
import { offers, takesAway } from './units-able.ts'

/** Who is there to serve: `isAway` because somebody works on it, `isShut` because its zone is closed now. */
export interface Presence {
  isAway(device: string): boolean
  isShut(device: string): boolean
}

/** Of all units of the hall, or of those whose zone is open now. */
type Among = 'all' | 'open'

/** Which functions the hall still has. Asked for every alarm, so it remembers answers and asks again only what changed. */
export interface WhoIsLeft {
  isLeft(capability: Capability, among: Among): boolean
  /**
   * To call when something that takes these away came (`lost`), went (`regained`), or might have done either; returns the
   * functions for which the answer is another now.
   */
  changed(capabilities: readonly Capability[], how: 'lost' | 'regained' | 'either'): readonly Capability[]
  /** To call when the hall opened or closed. */
  openingChanged(): void
}

export function createWhoIsLeft(index: AlarmIndex, topology: Topology, presence: Presence): WhoIsLeft {
  const units = new Map<Capability, readonly AlarmDevice[]>()
  const answers = { all: new Map<Capability, Answer>(), open: new Map<Capability, Answer>() }

  function isAble({ id, kind }: AlarmDevice, capability: Capability, among: Among): boolean {
    if (presence.isAway(id) || (among === 'open' && presence.isShut(id))) return false
    for (const { alarm } of index.onDevice(id)) if (takesAway(alarm, kind, capability)) return false
    return true
  }

  /** Goes round from the unit that was able last time: it most likely still is. */
  function find(capability: Capability, among: Among, from: number): Answer {
    let list = units.get(capability)
    if (!list) {
      list = topology.devices.filter((device) => offers(device, capability))
      units.set(capability, list)
    }
    for (let step = 0; step < list.length; step++) {
      const at = (from + step) % list.length
      if (isAble(list[at] as AlarmDevice, capability, among)) return { left: true, at }
    }
    return { left: false, at: 0 }
  }

  function answer(capability: Capability, among: Among): Answer {
    let known = answers[among].get(capability)
    if (!known) {
      known = find(capability, among, 0)
      answers[among].set(capability, known)
    }
    return known
  }

  function isAnother(capability: Capability, among: Among, how: 'lost' | 'regained' | 'either'): boolean {
    const before = answers[among].get(capability)
    // Nobody asked yet, or it cannot have changed that way.
    if (!before || (how === 'lost' && !before.left) || (how === 'regained' && before.left)) return false
    const after = find(capability, among, before.at)
    answers[among].set(capability, after)
    return after.left !== before.left
  }

  return {
    isLeft: (capability, among) => answer(capability, among).left,
    changed: (capabilities, how) =>
      capabilities.filter((one) => [isAnother(one, 'all', how), isAnother(one, 'open', how)].includes(true)),
    openingChanged: () => answers.open.clear(),
  }
}

interface Answer {
  readonly left: boolean
  /** Place of an able unit among the units that offer the function. */
  readonly at: number
}
