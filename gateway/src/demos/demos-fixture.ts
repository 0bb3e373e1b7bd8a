import type { Value } from '../domain/frame.ts'
import { createFactBook } from './fact-book.ts'
import { newRun } from './new-run.ts'
import { readScenario } from './read-scenarios.ts'
import type { Run, Situation } from './run.ts'
import { slotsFor } from './slots.ts'
import { Tracks } from './track.ts'

/** Two hobs and a lamp: hot and not, required and not, on one circuit. */
export const TWO_HOBS = `id: two-hobs
number: D03
version: 1
name: { zh: 两锅, en: Two pots }
story: { zh: 两锅水, en: Two pots of water. }
family: appliances
lengthS: 120
audience: [residents]
roles:
  hob: { name: { zh: 电磁炉, en: Hob }, kinds: [cooker], required: true, switched: true, hot: true, ratedW: 1500, points: [activePower, activeEnergyImport, temperature.water], rehearse: { on: { activePower: 1500 }, off: { activePower: 0 } } }
  other: { name: { zh: 电陶炉, en: Other hob }, kinds: [cooker], switched: true, hot: true, ratedW: 1500, points: [activePower, temperature.water], rehearse: { on: { activePower: 1500 }, off: { activePower: 0 } } }
  lamp: { name: { zh: 灯, en: Lamp }, kinds: [lamp], switched: true, ratedW: 60, points: [activePower], rehearse: { on: { activePower: 60 }, off: { activePower: 0 } } }
safety:
  maxOnS: { hob: 60, other: 60 }
  maxPowerW: 3100
  ceilings: [{ role: hob, point: temperature.water, max: 97 }]
  guard: true
  stopWhen: [{ when: 'lamp.activePower > 500', reason: { zh: 灯太亮, en: The lamp is too bright. } }]
panels:
  race: { kind: race, title: { zh: 比赛, en: Race }, items: [{ id: hob, of: hob, value: hob.temperature.water }] }
steps:
  - { id: fill, title: { zh: 倒水, en: Fill }, show: race, until: { is: guide } }
  - { id: ask, title: { zh: 猜, en: Guess }, ask: { question: { zh: 谁快, en: Who is faster }, options: [{ zh: 甲, en: A }, { zh: 乙, en: B }], answer: '1' }, until: { is: time, s: 5 } }
  - { id: heat, title: { zh: 加热, en: Heat }, does: [{ on: lamp }, { mark: t0 }, { on: hob }, { on: other }], until: { is: condition, when: hob.temperature.water >= 95, withinS: 50 } }
  - { id: result, title: { zh: 结果, en: Result }, does: [{ off: hob }, { off: other }], until: { is: time, s: 10 } }
figures:
  - { id: used, name: { zh: 用电, en: Energy }, is: 'energy(hob, t0)', unit: Wh }
result: { figures: [used], sentence: { zh: '用了 {used}', en: '{used} used' } }
card: { points: [{ zh: 一, en: one }, { zh: 二, en: two }], safety: { zh: 烫, en: hot } }
`

export const NO_PRICES = { tariff: undefined, touTariff: undefined, businessTariff: undefined, usedKWh: 0 }
export const T0 = Date.parse('2026-05-12T12:45:00+08:00')

/** A hall of one circuit, whose readings the test says. */
export function testHall(options: { readonly limitW?: number; readonly scenario?: string } = {}) {
  const read = readScenario(options.scenario ?? TWO_HOBS)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const book = createFactBook([], [])
  const slots = slotsFor(read.scenario, (role) => [{ mark: 'live', device: `${role}-1`, circuit: 'table' }])
  const run: Run = newRun(read, slots, { id: 'R1', by: 'lin', screen: 'main', at: T0 })
  const tracks = new Tracks()
  const ages = new Map<string, number | undefined>()
  const state = { open: true, circuitW: undefined as number | undefined, offAt: new Map<string, number>() }
  const situation: Situation = {
    tracks,
    reading: (slot, point) => tracks.of(slot, point)?.samples.at(-1)?.value,
    quality: () => 'good',
    history: () => [],
    ageMs: (slot) => (ages.has(slot) ? ages.get(slot) : 100),
    offAt: (slot) => state.offAt.get(slot),
    get circuits() {
      return new Map([['table', { limitW: options.limitW ?? 4000, powerW: state.circuitW }]])
    },
    get open() {
      return state.open
    },
    staleMs: 5000,
    prices: NO_PRICES,
    fact: (id) => book.fact(id, 'CN'),
  }
  const say = (slot: string, point: string, at: number, value: Value) => tracks.note(slot, point, at, value)
  return { run, situation, say, ages, state }
}
