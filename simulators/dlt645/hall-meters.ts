import type { SimulatedDevice } from '../device.ts'
import type { SimulatedHall } from '../hall.ts'
import type { HallDevice } from '../hall-file.ts'
import { singlePhaseItems, threePhaseItems } from './items.ts'
import type { Dlt645Meter } from './meter.ts'

const MODELS = /^dlt645\//
/** What a meter of the demo hall measures, by the end of its id; any other one sees the whole hall. */
const METERED = { 'meter-guardroom': 'lighting' } as const

export const isDlt645 = ({ profile }: Pick<HallDevice, 'profile'>): boolean => MODELS.test(profile)

/** The DL/T 645 meters of a line. A single-phase meter sits on L1. */
export function metersOf(
  onLink: readonly HallDevice[],
  devices: ReadonlyMap<string, SimulatedDevice>,
  physics: SimulatedHall,
): Dlt645Meter[] {
  return onLink.filter(isDlt645).flatMap(({ id, profile, address = '000000000001' }) => {
    const trouble = devices.get(id)?.trouble
    if (!trouble) return []
    const { state } = physics.meters[id in METERED ? METERED[id as keyof typeof METERED] : 'main']
    const clockMs = () => Date.now() + (trouble.clockOffsetMs ?? 0)
    const source = { state, address, clockMs }
    const items = profile.endsWith('single-phase') ? singlePhaseItems(source, 0) : threePhaseItems(source)
    return [{ device: id, address, items, trouble }]
  })
}
