import type { Slot } from './run.ts'
import type { Bilingual, Mark } from './run-view.ts'
import type { Scenario } from './scenario-schema.ts'

/** What the hall puts into a role. */
export interface BoundDevice {
  readonly mark: Mark
  readonly device?: string
  readonly circuit?: string
  readonly ratedW?: number
  /** The device’s own name, for lists whose devices are told apart by it. */
  readonly name?: string
}

/** The slots of a run, role by role; `bound` gives one entry for each device of a role, none when it is missing. */
export function slotsFor(scenario: Scenario, bound: (role: string) => readonly BoundDevice[]): Slot[] {
  return Object.entries(scenario.roles).flatMap(([role, definition]) => {
    const { many, name, required, switched, hot, points, alsoPoints, ratedW } = definition
    return bound(role)
      .slice(0, many?.max ?? 1)
      .map((device, i) => ({
        key: many ? `${role}[${i}]` : role,
        role,
        index: many ? i : undefined,
        name: many ? nameOf(name, device.name, i) : name,
        mark: device.mark,
        device: device.device,
        circuit: device.circuit,
        ratedW: device.ratedW ?? ratedW,
        required,
        switched,
        hot,
        points,
        alsoPoints,
      }))
  })
}

const nameOf = ({ zh, en }: Bilingual, own: string | undefined, i: number): Bilingual =>
  own === undefined ? { zh: `${zh} ${i + 1}`, en: `${en} ${i + 1}` } : { zh: own, en: own }

/** Their names in one line. */
export const namesOf = (slots: readonly Pick<Slot, 'name'>[]): Bilingual => ({
  zh: slots.map(({ name }) => name.zh).join('、'),
  en: slots.map(({ name }) => name.en).join(', '),
})

/** A rehearsal has every role; of a list the least that it needs. */
export const rehearsalSlots = (scenario: Scenario): Slot[] =>
  slotsFor(scenario, (role) =>
    Array.from({ length: scenario.roles[role]!.many?.min ?? 1 }, () => ({ mark: 'simulated' })),
  )
