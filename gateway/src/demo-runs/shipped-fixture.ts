import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFactBook } from '../demos/fact-book.ts'
import { isOnOrComing, loadOf } from '../demos/loads.ts'
import { type ReadScenario, readScenarios } from '../demos/read-scenarios.ts'
import { rehearseWhole } from '../demos/rehearse-whole.ts'
import type { Run, RunEvent, Situation, Slot } from '../demos/run.ts'
import { slotsFor } from '../demos/slots.ts'

const gateway = join(import.meta.dirname, '..', '..')
const files = { readFile, readdir: (path: string) => readdir(path) }
const book = await readFactBook(join(gateway, 'facts'), files)
const reports = await readScenarios(join(gateway, 'demos', 'scenarios'), files, { facts: book.knows })

/** A quarter to one in the afternoon. */
export const NOON = Date.parse('2026-05-12T12:45:00+08:00')
export const CIRCUIT = 'table'

/** The 22 scenarios of the catalogue by id. */
export const shipped: ReadonlyMap<string, ReadScenario> = new Map(
  reports.flatMap(({ result }) => (result.ok ? [[result.scenario.id, result] as const] : [])),
)

/** A device for every role; what it shows is computed, what is done about it is not. */
export const liveSlots = ({ scenario }: ReadScenario): Slot[] =>
  slotsFor(scenario, (role) =>
    Array.from({ length: scenario.roles[role]!.many?.min ?? 1 }, (_, i) => ({
      ...{ mark: 'simulated' as const, device: `${role}-${i}`, circuit: CIRCUIT },
    })),
  )

export const onIn = (run: Run): string[] =>
  run.slots.filter(({ switched, key }) => switched && isOnOrComing(loadOf(run, key))).map(({ key }) => key)

/** A shipped scenario from start to end on devices, in virtual time. */
export function playShipped(
  id: string,
  options: {
    readonly meanwhile?: (run: Run, now: number) => RunEvent | undefined
    readonly world?: Partial<Situation>
    readonly beats?: (now: number) => boolean
  } = {},
) {
  const read = shipped.get(id)
  if (!read) throw new Error(`${id} is not shipped`)
  return rehearseWhole(read, {
    ...options,
    book,
    prices: {
      tariff: book.tariff('zhejiang-household'),
      touTariff: book.tariff('zhejiang-household-tou'),
      businessTariff: book.tariff('guangdong-business-tou'),
      usedKWh: 0,
    },
    at: NOON,
    slots: liveSlots(read),
  })
}
