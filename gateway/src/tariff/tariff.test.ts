import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../documents/documents.ts'
import { factFileSchema, type Tariff, tariffSchema } from './fact-schema.ts'
import { edgesBetween, periodAt } from './periods.ts'
import { costOf, energyByPeriod, marginalPrice } from './tariff.ts'

const folder = join(import.meta.dirname, '..', '..', 'facts')
const tariffFiles = readdirSync(join(folder, 'tariffs'))
const factFiles = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

function tariff(id: string): Tariff {
  const parsed = parseDocument(readFileSync(join(folder, 'tariffs', `${id}.yaml`), 'utf8'), tariffSchema)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

test.each(tariffFiles)('%s is a valid price list under its own name', (file) => {
  expect(`${tariff(file.replace('.yaml', '')).id}.yaml`).toBe(file)
})

test.each(factFiles)('every fact of %s says who issued it, when, and when to look again', (file) => {
  const parsed = parseDocument(readFileSync(join(folder, file), 'utf8'), factFileSchema)
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
})

const zhejiangTou = tariff('zhejiang-household-tou')
const zhejiang = tariff('zhejiang-household')
const beijing = tariff('beijing-household')
const shanghaiTou = tariff('shanghai-household-tou')

describe('a bill is split where a tier ends', () => {
  test.each([
    ['Zhejiang by time of use, 100 kWh at peak after 2,700', zhejiangTou, 'peak', 2700, 100, 58.8],
    ['the same at valley', zhejiangTou, 'valley', 2700, 100, 30.8],
    ['Zhejiang plain, a year of 5,000 kWh', zhejiang, undefined, 0, 5000, 2852],
    ['Beijing, a month of 450 kWh', beijing, undefined, 0, 450, 242.735],
    ['Beijing, one kWh across the edge', beijing, undefined, 239.5, 1, 0.5133],
  ] as const)('%s', (_name, list, period, used, kWh, yuan) => {
    expect(costOf(list, [{ period, kWh }], used).yuan).toBeCloseTo(yuan, 9)
  })
})

test('moving 1.2 kWh a day from peak to valley saves 122.64 yuan a year in Zhejiang and 135.78 in Shanghai', () => {
  const saved = (list: Tariff) =>
    365 *
    1.2 *
    (costOf(list, [{ period: 'peak', kWh: 1 }], 0).yuan - costOf(list, [{ period: 'valley', kWh: 1 }], 0).yuan)
  expect(saved(zhejiangTou)).toBeCloseTo(122.64, 9)
  expect(saved(shanghaiTou)).toBeCloseTo(135.78, 9)
})

const at = (time: string) => Date.parse(`2026-05-12T${time}+08:00`)

test('an edge belongs to the period that begins there, whatever zone the machine is in', () => {
  expect(periodAt(zhejiangTou, at('21:59:59'))).toBe('peak')
  expect(periodAt(zhejiangTou, at('22:00:00'))).toBe('valley')
  expect(periodAt(zhejiangTou, at('07:59:59'))).toBe('valley')
  expect(periodAt(zhejiangTou, at('08:00:00'))).toBe('peak')
})

test('a run across ten in the evening pays peak before it and valley after it', () => {
  const samples = [
    { at: at('21:59:00'), watts: 2000 },
    { at: at('22:02:00'), watts: 2000 },
  ]
  const energy = energyByPeriod(zhejiangTou, samples)
  expect(energy.map(({ period }) => period)).toEqual(['peak', 'valley'])
  expect(energy[0]?.kWh).toBeCloseTo(2 / 60, 12)
  expect(energy[1]?.kWh).toBeCloseTo(4 / 60, 12)
})

test('the next kWh costs more than the ones before it once the tier is full', () => {
  expect(marginalPrice(zhejiangTou, at('12:00:00'), 2759.9)).toBe(0.568)
  expect(marginalPrice(zhejiangTou, at('12:00:00'), 2760)).toBe(0.618)
})

test('splitting a run anywhere changes neither its energy nor its cost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 6000, noNaN: true }),
      (pieces, used) => {
        const whole = costOf(zhejiang, [{ period: undefined, kWh: pieces.reduce((a, b) => a + b, 0) }], used).yuan
        const split = costOf(
          zhejiang,
          pieces.map((kWh) => ({ period: undefined, kWh })),
          used,
        ).yuan
        expect(split).toBeCloseTo(whole, 6)
      },
    ),
  )
})

test('edges are found over several days, each once and in order', () => {
  const edges = edgesBetween(zhejiangTou, at('00:00:00'), at('00:00:00') + 2 * 86_400_000)
  expect(edges.map((edge) => periodAt(zhejiangTou, edge))).toEqual(['peak', 'valley', 'peak', 'valley'])
})

test('a price list with a tier too few is refused with its place', () => {
  const text = readFileSync(join(folder, 'tariffs', 'zhejiang-household.yaml'), 'utf8').replace(
    '[2760, 4800]',
    '[2760]',
  )
  const parsed = parseDocument(text, tariffSchema)
  expect(parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'prices.all: 2 tiers need 2 prices.',
  ])
})
