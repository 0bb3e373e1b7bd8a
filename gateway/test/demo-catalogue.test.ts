import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Scenario, scenarioSchema } from '../src/demos/scenario-schema.ts'
import { factFileSchema } from '../src/tariff/fact-schema.ts'

const gateway = join(import.meta.dirname, '..')
const folder = join(gateway, 'demos', 'scenarios')
const files = readdirSync(folder)
const scenarios = files.map((file) => scenarioSchema.parse(parse(readFileSync(join(folder, file), 'utf8'))))
const ids = scenarios.map(({ id }) => id)
const read = (name: string) => parse(readFileSync(join(gateway, 'demos', name), 'utf8'))
const facts = readdirSync(join(gateway, 'facts'))
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => factFileSchema.parse(parse(readFileSync(join(gateway, 'facts', name), 'utf8'))).facts)

/** Characters a screen has to hold: a figure in braces takes about five, figure and unit. */
const length = (text: string) => text.replaceAll(/\{\w+\}/g, '12345').length

interface Text {
  readonly where: string
  readonly zh: string
  readonly en: string
}

function texts(from: unknown, where: string): Text[] {
  if (typeof from !== 'object' || from === null) return []
  const { zh, en } = from as Record<string, unknown>
  if (typeof zh === 'string' && typeof en === 'string') return [{ where, zh, en }]
  return Object.entries(from).flatMap(([key, value]) => texts(value, `${where}.${key}`))
}

const every = scenarios.flatMap((scenario) => texts(scenario, scenario.id))

/** Texts that are longer than their place on the screen. */
const tooLong = (list: readonly Text[], zhMost: number, enMost: number) =>
  list
    .filter(({ zh, en }) => length(zh) > zhMost || length(en) > enMost)
    .map(({ where, zh, en }) => `${where}: ${zh} | ${en}`)

describe('the catalogue', () => {
  test('has 22 scenarios, D01 to D22, each in the file of its name', () => {
    expect(scenarios.map(({ number }) => number).sort()).toEqual(
      Array.from({ length: 22 }, (_, i) => `D${String(i + 1).padStart(2, '0')}`),
    )
    expect(files.map((file) => file.replace('.yaml', '')).sort()).toEqual([...ids].sort())
  })

  test('asks everybody for a guess, once, in every scenario', () => {
    expect(scenarios.filter(({ steps }) => steps.filter(({ ask }) => ask).length !== 1).map(({ id }) => id)).toEqual([])
  })

  test('ends every scenario with a sentence that holds a figure, and with three figures on a panel', () => {
    const without = scenarios.filter(
      ({ result }) => !/\{\w+\}/.test(result.sentence.zh) || result.figures.length !== 3 || !result.panel,
    )
    expect(without.map(({ id }) => id)).toEqual([])
  })

  test('stands on facts that exist, and none of them is general knowledge', () => {
    const known = new Map(facts.map((fact) => [fact.id, fact.grade]))
    const bad = scenarios.flatMap(({ id, card, baseline }) =>
      [...card.sources, ...(baseline?.fact ? [baseline.fact] : [])]
        .filter((source) => (known.get(source) ?? 'D') === 'D')
        .map((source) => `${id}: ${source}`),
    )
    expect(bad).toEqual([])
  })

  test('says 示例 wherever a figure comes from one page only', () => {
    const examples = facts.filter(({ grade }) => grade === 'C')
    expect(
      examples.filter(({ name }) => !name.zh.includes('示例') || !/example/i.test(name.en)).map(({ id }) => id),
    ).toEqual([])
    for (const { id, figures } of scenarios)
      for (const figure of figures)
        if (examples.some((fact) => figure.is.includes(fact.id.replace(/\.[^.]+$/, ''))))
          expect(figure.name.zh, `${id}.${figure.id}`).toContain('示例')
  })

  test('has no price in its texts: prices come from the price list of the hall', () => {
    expect(every.filter(({ zh, en }) => /\d\s*(元|分钱|毛)|[¥￥]\s*\d|\d\s*yuan/.test(`${zh} ${en}`))).toEqual([])
  })

  test('has Chinese on the left and English on the right', () => {
    expect(every.filter(({ zh, en }) => /[\u4e00-\u9fff]/.test(en) || !/[\u4e00-\u9fff]|^LED$/.test(zh))).toEqual([])
  })

  test('calls nobody 您, and shouts at the audience only', () => {
    expect(every.filter(({ zh }) => zh.includes('您'))).toEqual([])
    expect(every.filter(({ zh, where }) => zh.includes('！') && !where.includes('.panels.'))).toEqual([])
  })
})

describe('texts fit the big screen', () => {
  const pick = (from: (scenario: Scenario) => unknown) =>
    scenarios.flatMap((scenario) => texts(from(scenario), scenario.id))

  test('names and titles of panels', () => {
    expect(
      tooLong(
        pick(({ name, panels }) => [name, Object.values(panels).map(({ title }) => title)]),
        14,
        38,
      ),
    ).toEqual([])
  })
  test('sentences of panels and results', () => {
    const list = pick(({ result, panels }) => [
      result.sentence,
      Object.values(panels).map(({ sentence, sentences }) => [sentence, sentences]),
    ])
    expect(tooLong(list, 34, 84)).toEqual([])
  })
  test('questions and their options', () => {
    const asks = (scenario: Scenario) => scenario.steps.flatMap(({ ask }) => (ask ? [ask] : []))
    expect(
      tooLong(
        pick((scenario) => asks(scenario).map(({ question }) => question)),
        16,
        56,
      ),
    ).toEqual([])
    expect(
      tooLong(
        pick((scenario) => asks(scenario).map(({ options }) => options)),
        8,
        24,
      ),
    ).toEqual([])
  })
  test('labels of items', () => {
    const labels = pick(({ panels }) => Object.values(panels).map(({ items }) => items.map(({ label }) => label)))
    expect(tooLong(labels, 14, 30)).toEqual([])
  })
  test('titles and hints of steps on the tablet', () => {
    expect(
      tooLong(
        pick(({ steps }) => steps.map(({ title }) => title)),
        18,
        54,
      ),
    ).toEqual([])
    expect(
      tooLong(
        pick(({ steps }) => steps.map(({ say }) => say)),
        28,
        80,
      ),
    ).toEqual([])
  })
  test('names of the three figures that the audience sees', () => {
    const shown = pick(({ figures, result }) =>
      figures.filter(({ id }) => result.figures.includes(id)).map(({ name }) => name),
    )
    expect(tooLong(shown, 9, 16)).toEqual([])
  })
  test('stories', () => {
    expect(
      tooLong(
        pick(({ story }) => story),
        40,
        130,
      ),
    ).toEqual([])
  })
})

describe('playlists, presets and check values', () => {
  const lists: {
    id: string
    scenarios: (string | { scenario: string; inputs: Record<string, number> })[]
    loop?: boolean
  }[] = read('playlists.yaml').playlists
  const idOf = (entry: string | { scenario: string }) => (typeof entry === 'string' ? entry : entry.scenario)

  test('ten playlists name scenarios that exist, with inputs they have', () => {
    expect(lists).toHaveLength(10)
    for (const list of lists)
      for (const entry of list.scenarios) {
        const scenario = scenarios.find(({ id }) => id === idOf(entry))
        expect(scenario, `${list.id}: ${idOf(entry)}`).toBeDefined()
        if (typeof entry !== 'string')
          expect(Object.keys(scenario?.inputs ?? {})).toEqual(expect.arrayContaining(Object.keys(entry.inputs)))
      }
  })

  test('every type of hall has its preset, the center type all 22', () => {
    const presets: Record<string, string[]> = read('presets.yaml').presets
    expect(Object.keys(presets)).toEqual(['center', 'comprehensive', 'professional', 'convenience', 'self-service'])
    expect([...(presets.center ?? [])].sort()).toEqual([...ids].sort())
    expect(
      Object.values(presets)
        .flat()
        .filter((id) => !ids.includes(id)),
    ).toEqual([])
  })

  test('every scenario has figures worked out by hand', () => {
    const checks: { scenario: string; figures: Record<string, [number, number]>; inputs?: Record<string, number> }[] =
      read('check-values.yaml').checks
    expect(checks.map(({ scenario }) => scenario).sort()).toEqual([...ids].sort())
    for (const check of checks) {
      const scenario = scenarios.find(({ id }) => id === check.scenario)
      const figures = scenario?.figures.map(({ id }) => id) ?? []
      expect(figures, check.scenario).toEqual(expect.arrayContaining(Object.keys(check.figures)))
      expect(Object.keys(scenario?.inputs ?? {})).toEqual(expect.arrayContaining(Object.keys(check.inputs ?? {})))
    }
  })
})

describe('nothing hot without its limits', () => {
  test.each(scenarios)('$id', ({ roles, safety }) => {
    const strong = Object.entries(roles).filter(
      ([, { switched, hot, ratedW = 0 }]) => switched && (hot || ratedW > 1000),
    )
    for (const [role] of strong) {
      expect(safety.maxOnS[role], `${role} has a longest on-time`).toBeDefined()
      expect(
        safety.guard || safety.ceilings.some((ceiling) => ceiling.role === role || ceiling.point === 'temperature.top'),
      ).toBe(true)
    }
  })
})
