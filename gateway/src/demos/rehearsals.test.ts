import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseDocument } from '../documents/documents.ts'
import { readFactBook } from './fact-book.ts'
import { readScenarios } from './read-scenarios.ts'
import { rehearseWhole } from './rehearse-whole.ts'

const gateway = join(import.meta.dirname, '..', '..')
const files = { readFile, readdir: (path: string) => readdir(path) }
const book = await readFactBook(join(gateway, 'facts'), files)
const reports = await readScenarios(join(gateway, 'demos', 'scenarios'), files, { facts: book.knows })
const checksSchema = z.strictObject({
  checks: z.array(
    z.strictObject({
      scenario: z.string(),
      region: z.string().optional(),
      tariff: z.string().optional(),
      touTariff: z.string().optional(),
      businessTariff: z.string().optional(),
      usedKWh: z.number().optional(),
      inputs: z.record(z.string(), z.number()).default({}),
      figures: z.record(z.string(), z.tuple([z.number(), z.number()])),
    }),
  ),
})
const parsed = parseDocument(await readFile(join(gateway, 'demos', 'check-values.yaml'), 'utf8'), checksSchema)
const checks = parsed.ok ? parsed.value.checks : []
/** A quarter to one in the afternoon: the peak of every shipped price list. */
const NOON = Date.parse('2026-05-12T12:45:00+08:00')

test('the check values are there for every scenario', () => {
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
  expect([...new Set(checks.map(({ scenario }) => scenario))].sort()).toEqual(
    reports.map(({ file }) => file.replace('.yaml', '')).sort(),
  )
})

test.each(reports.map(({ file, result }) => [file, result] as const))('%s is valid', (_file, result) => {
  expect(result.ok ? [] : result.problems).toEqual([])
})

const readOf = (id: string) => {
  const found = reports.find(({ file }) => file === `${id}.yaml`)?.result
  if (!found?.ok) throw new Error(`${id} is not valid`)
  return found
}

test.each(checks.map((check) => [check.scenario, check] as const))(
  'a rehearsal of %s shows its check values',
  (id, check) => {
    const { region, inputs } = check
    const { view, seconds, effects } = rehearseWhole(readOf(id), {
      book,
      ...(region && { region }),
      prices: {
        tariff: book.tariff(check.tariff),
        touTariff: book.tariff(check.touTariff),
        businessTariff: book.tariff(check.businessTariff),
        usedKWh: check.usedKWh ?? 0,
      },
      inputs,
      at: NOON,
    })
    expect([view.state, view.reason]).toEqual(['done', undefined])
    expect(view.mark).toBe('simulated')
    expect(seconds).toBeLessThan(900)
    const shown = Object.fromEntries(view.figures.map(({ id: figure, value }) => [figure, value]))
    for (const [figure, [wanted, within]] of Object.entries(check.figures)) {
      const value = shown[figure] ?? Number.NaN
      expect(Math.abs(value - wanted), `${figure}: ${value}, not ${wanted} ± ${within}`).toBeLessThanOrEqual(
        within + 1e-9,
      )
    }
    expect(view.sentence?.zh).not.toContain('—')
    const on = new Set<string>()
    for (const effect of effects) {
      if (effect.do === 'on') on.add(effect.slot)
      if (effect.do === 'off') on.delete(effect.slot)
    }
    expect([...on]).toEqual([])
  },
)

test('a charger that had to pause for kettle and heater is told no current while it is off: it would charge', () => {
  const { effects, run } = rehearseWhole(readOf('charging-with-manners'), {
    ...{ book, at: NOON },
    meanwhile: ({ plan, step, stepAt, inputs }, now) =>
      plan[step]?.key === 'kettle' && now - stepAt > 5000 && inputs.limitKW !== 5
        ? { is: 'input', input: 'limitKW', value: 5 }
        : undefined,
    prices: { tariff: undefined, touTariff: undefined, businessTariff: undefined, usedKWh: 0 },
  })
  const told = effects.filter((effect) => 'slot' in effect && effect.slot === 'evse')
  const off = told.findIndex((effect) => effect.do === 'off')
  expect(run.state).toBe('done')
  expect(off).toBeGreaterThan(0)
  expect(told.slice(0, off).map((effect) => effect.do)).toContain('command')
  expect(told.slice(off).map((effect) => effect.do)).not.toContain('command')
})
