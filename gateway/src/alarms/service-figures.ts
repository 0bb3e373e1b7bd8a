import { CAPABILITIES, type Capability } from '../domain/capability.ts'
import type { Alarm } from './alarm.ts'
import type { AlarmDevice } from './alarm-book.ts'
import { offers, takesAway } from './units-able.ts'

const CAPABILITY_IDS = Object.keys(CAPABILITIES) as Capability[]

/**
 * For each function customers come for: how many units have it, and how many of them can do it now (`unitsTotal.payQr`,
 * `unitsAble.payQr`). A function the hall does not offer is left out. What the devices offer is found out once.
 */
export function createServiceFigures(
  devices: readonly AlarmDevice[],
): (alarms: readonly Alarm[]) => Readonly<Record<string, number>> {
  const kinds = new Map(devices.map(({ id, kind }) => [id, kind]))
  const offered = CAPABILITY_IDS.map((capability) => ({
    capability,
    word: capability.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    units: new Set(devices.filter((device) => offers(device, capability)).map(({ id }) => id)),
  })).filter(({ units }) => units.size > 0)
  return (alarms) => {
    const figures: Record<string, number> = {}
    for (const { capability, word, units } of offered) {
      const unable = new Set<string>()
      for (const alarm of alarms) {
        const { device } = alarm.fault
        const kind = kinds.get(device)
        if (kind && units.has(device) && takesAway(alarm, kind, capability)) unable.add(device)
      }
      figures[`unitsTotal.${word}`] = units.size
      figures[`unitsAble.${word}`] = units.size - unable.size
    }
    return figures
  }
}
