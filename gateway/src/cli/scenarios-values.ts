import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { FigureView } from '../demos/run-view.ts'
import { projectFolder } from './load-hall.ts'

/** gateway/demos/check-values.yaml: what a run must show. */
const valuesSchema = z.object({
  checks: z.array(
    z.object({
      scenario: z.string(),
      inputs: z.record(z.string(), z.number()).default({}),
      figures: z.record(z.string(), z.tuple([z.number(), z.number()])),
    }),
  ),
})
export type CheckValues = z.infer<typeof valuesSchema>['checks'][number]

/** A live run is sampled: how much further off than the rehearsal a figure may be, and why. */
interface Allowance {
  readonly by: number
  readonly because: string
}

const METER = 'the meter wanders by a thousandth'
const SKEW = 'meters are read at different instants of a second'
const LATENCY = 'switching takes effect up to a second after the mark'
const HAND = 'somebody opens the tap, and the meter tells once a second'

const ALLOWANCES: Readonly<Record<string, Readonly<Record<string, Allowance>>>> = {
  'where-from': {
    unmetered: { by: 15, because: SKEW },
    unmeteredPart: { by: 0.4, because: SKEW },
    pvPart: { by: 0.4, because: SKEW },
  },
  'who-eats-the-power': {
    most: { by: 4, because: METER },
    costHour: { by: 0.003, because: METER },
    minutes: { by: 0.1, because: METER },
  },
  'boil-off': {
    energyInduction: { by: 1, because: LATENCY },
    energyCeramic: { by: 1, because: LATENCY },
    effInduction: { by: 1, because: LATENCY },
    effCeramic: { by: 1, because: LATENCY },
    savingShare: { by: 1, because: LATENCY },
    timeInduction: { by: 2, because: LATENCY },
    timeCeramic: { by: 2, because: LATENCY },
  },
  'heat-pump': { heatKW: { by: 0.02, because: METER }, copHeatPump: { by: 0.03, because: METER } },
  'instant-or-tank': { heatKW: { by: 0.1, because: METER } },
  'standby-hunt': { yearKWhs: { by: 0.5, because: METER }, yearYuan: { by: 0.3, because: METER } },
  'what-the-meter-sees': {
    volts: { by: 0.2, because: METER },
    ampere: { by: 0.02, because: METER },
    product: { by: 4, because: METER },
    measured: { by: 4, because: METER },
  },
  'meter-error': {
    meanError: { by: 0.05, because: 'the reference is sampled twice a second' },
    error1: { by: 0.1, because: 'the reference is sampled twice a second' },
  },
  'hundred-km': {
    tenMinKWh: { by: 0.003, because: METER },
    tenMinKm: { by: 0.02, because: METER },
    tenMinYuan: { by: 0.001, because: METER },
  },
  'charging-with-manners': { othersAtPeak: { by: 60, because: SKEW } },
  'leaving-home': {
    beforeW: { by: 1, because: METER },
    afterW: { by: 0.5, because: METER },
    savedKWh: { by: 0.01, because: METER },
    savedYuan: { by: 0.01, because: METER },
  },
  'three-meters': { waterL: { by: 0.3, because: HAND }, secondsForTen: { by: 2, because: HAND } },
  'missing-push': {
    ampBefore: { by: 0.02, because: METER },
    ampAfter: { by: 0.02, because: METER },
    lossShare: { by: 0.5, because: METER },
  },
  lamps: {
    wIncandescent: { by: 0.2, because: METER },
    wLed: { by: 0.05, because: METER },
    yearKWhs: { by: 0.3, because: METER },
    yearYuan: { by: 0.2, because: METER },
  },
  'safe-electricity': { fullA: { by: 0.03, because: METER }, fullShare: { by: 0.3, because: METER } },
  'lights-on': {
    hoursEssential: { by: 0.2, because: 'the battery gave a little before' },
    loadW: { by: 1, because: METER },
  },
  'pedal-a-cup': { minutesCup: { by: 0.2, because: METER }, meanW: { by: 1, because: METER } },
}

export async function readCheckValues(): Promise<ReadonlyMap<string, CheckValues>> {
  const file = join(projectFolder, 'gateway', 'demos', 'check-values.yaml')
  const { checks } = valuesSchema.parse(parse(await readFile(file, 'utf8')))
  return new Map(checks.map((one) => [one.scenario, one]))
}

/** What is wrong with the figures of a run that is done; nothing when all are as expected. */
export function wrongFigures(expected: CheckValues, figures: readonly FigureView[]): string[] {
  return Object.entries(expected.figures).flatMap(([id, [value, tolerance]]) => {
    const shown = figures.find((figure) => figure.id === id)
    const allowance = ALLOWANCES[expected.scenario]?.[id]
    const most = tolerance + (allowance?.by ?? 0)
    if (!shown) return [`there is no figure ${id}`]
    if (shown.value === null) return [`${id} is unknown instead of ${value}`]
    if (Math.abs(shown.value - value) <= most + 1e-9) return []
    const why = allowance ? `; ${allowance.because}` : ''
    return [`${id} is ${Number(shown.value.toPrecision(6))}, not ${value} ± ${Number(most.toPrecision(4))}${why}`]
  })
}
