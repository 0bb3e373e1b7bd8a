import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { demosSchema } from '../config/demos-schema.ts'
import { parseDocument } from '../documents/documents.ts'
import { factFileSchema, tariffSchema } from '../tariff/fact-schema.ts'
import { factsAnswer } from './facts-answer.ts'

const shipped = async (file: string) => readFile(new URL(`../../facts/${file}`, import.meta.url), 'utf8')

async function answer(settings: object, now: string) {
  const facts = parseDocument(await shipped('emission-factors.yaml'), factFileSchema)
  const tariff = parseDocument(await shipped('tariffs/zhejiang-household-tou.yaml'), tariffSchema)
  if (!facts.ok || !tariff.ok) throw new Error('the shipped facts should be readable')
  return factsAnswer(facts.value.facts, [tariff.value], demosSchema.parse(settings), Date.parse(now))
}

const TOU = { region: 'CN-EAST', touTariff: 'zhejiang-household-tou' }

test('operations see the price of every hour of the next seven days, in the tier the household is in', async () => {
  const { preview } = await answer(TOU, '2026-11-22T15:00:00+08:00')
  expect(preview?.days).toHaveLength(7)
  const [today] = preview?.days ?? []
  expect(today?.at).toBe(Date.parse('2026-11-22T00:00:00+08:00'))
  expect(today?.hours[7]).toEqual({ period: 'valley', yuanPerKWh: 0.288 })
  expect(today?.hours[8]).toEqual({ period: 'peak', yuanPerKWh: 0.568 })
  expect(today?.hours[22]).toEqual({ period: 'valley', yuanPerKWh: 0.288 })
  const later = await answer({ ...TOU, usedKWh: 5000 }, '2026-11-22T15:00:00+08:00')
  expect(later.preview?.days[0]?.hours[8]).toEqual({ period: 'peak', yuanPerKWh: 0.868 })
})

test('a fact is due on the day after its review date, not before', async () => {
  const dueOn = async (now: string) => (await answer(TOU, now)).facts[0]?.due
  expect(await dueOn('2027-02-01T23:59:00+08:00')).toBe(false)
  expect(await dueOn('2027-02-02T00:01:00+08:00')).toBe(true)
})

test('what the hall uses is marked, and without a price list there is no preview', async () => {
  const chosen = await answer(TOU, '2026-11-22T15:00:00+08:00')
  expect(chosen.facts.filter(({ inUse }) => inUse).map(({ region }) => region)).toEqual(['CN-EAST'])
  expect(chosen.tariffs[0]?.inUse).toBe(true)
  const none = await answer({}, '2026-11-22T15:00:00+08:00')
  expect(none.preview).toBeNull()
})
