import { expect, test } from 'vitest'
import { readScenario } from './read-scenarios.ts'

const BOIL = `id: boil
number: D03
version: 1
name: { zh: 烧水, en: Boil }
story: { zh: 烧一升水, en: One litre is boiled. }
family: appliances
lengthS: 300
audience: [residents]
roles:
  hob:
    name: { zh: 电磁炉, en: Induction hob }
    kinds: [cooker]
    required: true
    switched: true
    hot: true
    ratedW: 2000
    points: [activePower, temperature.water]
    rehearse: { on: { activePower: 1900, temperature.water: { from: 20, perS: 0.4, to: 95 } }, off: { activePower: 0, temperature.water: 20 } }
inputs:
  stopAtC: { name: { zh: 停止温度, en: Stop at }, unit: °C, default: 95, min: 60, max: 95 }
safety: { maxOnS: { hob: 360 }, ceilings: [{ role: hob, point: temperature.water, max: 97 }], guard: true }
panels:
  race: { kind: race, title: { zh: 比赛, en: Race }, items: [{ id: hob, of: hob, value: hob.temperature.water, target: stopAtC }] }
steps:
  - { id: fill, title: { zh: 倒水, en: Fill }, show: race, until: { is: guide } }
  - { id: heat, title: { zh: 加热, en: Heat }, does: [{ mark: t0 }, { on: hob }], until: { is: condition, when: hob.temperature.water >= stopAtC, withinS: 330 } }
figures:
  - { id: energy1, name: { zh: 用电, en: Energy }, is: 'energy(hob, t0)', unit: Wh, formula: F1 }
result: { figures: [energy1], sentence: { zh: '用了 {energy1}', en: '{energy1} used' } }
card: { points: [{ zh: 一, en: one }, { zh: 二, en: two }], safety: { zh: 烫, en: hot } }
`

const problemsOf = (text: string) => {
  const read = readScenario(text, (id) => id === 'ef.grid')
  return read.ok ? [] : read.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)
}

test('a scenario that says everything it needs is read, with its expressions', () => {
  const read = readScenario(BOIL)
  expect(read.ok && [...read.expressions.keys()]).toEqual([
    'hob.temperature.water',
    'stopAtC',
    'hob.temperature.water >= stopAtC',
    'energy(hob, t0)',
  ])
})

test('a hot appliance without longest on-time, ceiling and guard does not load', () => {
  const read = readScenario(BOIL.replace(/^safety:.*$/m, 'safety: {}'))
  expect(read.ok ? undefined : read.code).toBe('HW_SCENARIO_UNSAFE')
  expect(read.ok ? [] : read.problems.map(({ line, message }) => [line, message])).toEqual([
    [10, 'hob heats: safety.maxOnS has to say how long at most.'],
    [10, 'hob heats: it needs a ceiling, or a guard in front of it (safety.guard).'],
  ])
})

test('every problem is said at once, each with its line', () => {
  const broken = BOIL.replace('value: hob.temperature.water,', 'value: hob.temperature.watr,')
    .replace("'energy(hob, t0)'", '\'energy(hub, t1) + fact("ef.grit")\'')
    .replace('{ on: hob }', '{ on: hop }')
    .replace("zh: '用了 {energy1}'", "zh: '用了 {enrgy1}'")
  expect(problemsOf(broken)).toEqual([
    '23 panels.race.items[0].value: hob.temperature.watr: hob.temperature.watr: add it to the points of hob.',
    '26 steps[1].does[1]: "hop" is not a role of this scenario. Did you mean "hob"?',
    '28 figures[0].is: energy(hub, t1) + fact("ef.grit"): "hub" is not a role. Did you mean "hob"?',
    '28 figures[0].is: energy(hub, t1) + fact("ef.grit"): "t1" is not a mark that a step sets. Did you mean "t0"?',
    '28 figures[0].is: energy(hub, t1) + fact("ef.grit"): there is no fact "ef.grit" in gateway/facts that may be shown.',
    '29 result.sentence.zh: {enrgy1} is no figure or input. Did you mean "energy1"?',
  ])
})

test.each([
  ['hob.activePower +', 'Expected expression after +'],
  ['hob.activePower ** 2', 'there is no operator **.'],
  ['process.exit(1)', 'there is no function'],
  ['constructor', '"constructor" is not known.'],
  ['__proto__.x', 'is not a role.'],
  ['energy(hob, t0, t0, t0)', 'has 4 arguments here.'],
  ['[1, 2]', 'this cannot stand in an expression.'],
  ['hob', 'say which reading, hob.activePower.'],
  ['hob[0].activePower', 'hob is one device, not a list.'],
])('the expression %s is refused', (text, why) => {
  const [problem = ''] = problemsOf(BOIL.replace("'energy(hob, t0)'", JSON.stringify(text)))
  expect(problem).toContain(why)
})

test('a figure that needs itself is refused with the circle', () => {
  const circle = BOIL.replace(
    "is: 'energy(hob, t0)', unit: Wh, formula: F1 }",
    "is: 'other * 2' }\n  - { id: other, name: { zh: 二, en: two }, is: energy1 / 2 }",
  )
  expect(problemsOf(circle)).toEqual(['28 figures[0].is: It needs itself: energy1 → other → energy1.'])
})
