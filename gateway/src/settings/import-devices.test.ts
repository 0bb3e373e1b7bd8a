import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { expandCell, numbersOf } from './device-ranges.ts'
import { importDevices } from './import-devices.ts'

const HALL = `# Our hall
hall: { id: donghu, name: 东湖厅 }   # on the lake
zones:
  - { id: shops, name: 商户区 }
  - { id: roof, name: 屋顶 }

devices:
  # The first one stays first.
  - { id: main, name: 总表, profile: eastron/sdm630, zone: roof, link: bus, unitId: 1 }

# What comes behind stays behind.
store: { path: data }
`

const noProblems = () => []
const run = (list: string, options: Partial<Parameters<typeof importDevices>[2]> = {}) =>
  importDevices(HALL, list, { update: false, check: noProblems, ...options })
const said = (outcome: ReturnType<typeof run>) =>
  outcome.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

test('a row becomes a line behind the last device, and nothing else in the file moves', () => {
  const outcome = run('id,name,profile,zone,link,unitId\nshop-1,一号铺,chint/ddsu666,shops,bus,11\n')
  expect(outcome.problems).toEqual([])
  expect(outcome.text).toBe(
    HALL.replace(
      '\n\n# What',
      '\n  - { id: shop-1, name: 一号铺, profile: chint/ddsu666, zone: shops, link: bus, unitId: 11 }\n\n# What',
    ),
  )
  expect(outcome.diff.split('\n').filter((line) => /^[+-]/.test(line))).toHaveLength(1)
})

test('a range is as many devices, and every other range of the row counts along', () => {
  const outcome = run(
    'id,name,profile,zone,link,unitId\nmeter-{01..12},{}号铺,chint/ddsu666,商户区,bus,{11..22}\nlast,尾表,a/b,shops,bus,30',
  )
  expect(outcome.problems).toEqual([])
  const { devices } = parse(outcome.text) as { devices: { id: string; name: string; zone: string; unitId: number }[] }
  expect(devices).toHaveLength(14)
  expect(devices[1]).toMatchObject({ id: 'meter-01', name: '01号铺', zone: 'shops', unitId: 11 })
  expect(devices[12]).toMatchObject({ id: 'meter-12', name: '12号铺', unitId: 22 })
  expect(devices[13]).toMatchObject({ id: 'last', unitId: 30 })
  expect(outcome.text).toContain('# What comes behind stays behind.')
})

test('every problem of a list comes at once, with line and column', () => {
  const outcome = run(
    'id,nmae,unitId,zone\nshop-{1..3},x,{5..6},shops\n,x,7,shops\nshop-9,x,seven,shops\nshop-9,x,8,shops,too,many\n',
    { check: () => [] },
  )
  expect(said(outcome)).toEqual([
    '1:2 "nmae" is no word of a device. Did you mean "name"?',
    '2:3 {5..6} counts 2, but the id counts 3 devices.',
    '3:1 A device needs an id.',
    '4:3 "seven" is no number.',
    '5:1 "shop-9" stands in line 4 already.',
    '5:5 The row has 6 cells, the heading 4.',
  ])
  expect(outcome.text).toBe(HALL)
})

test('what the hall check says of a new device is told by its row; of anything else by the line of the hall', () => {
  const outcome = run('id,profile,zone\na,chint/ddsu66,shops\n', {
    check: () => [
      { line: 10, column: 3, path: 'devices[1].profile', message: 'There is no valid profile "chint/ddsu66".' },
      { line: 2, column: 1, path: 'hall.timeZone', message: 'is unknown' },
    ],
  })
  expect(said(outcome)).toEqual(['2:2 There is no valid profile "chint/ddsu66".'])
  expect(outcome.hallProblems.map(({ path }) => path)).toEqual(['hall.timeZone'])
  expect(outcome.text).toBe(HALL)
})

test('a list that was imported already changes nothing', () => {
  const list = 'id,name,profile,zone,link,unitId\nmain,总表,eastron/sdm630,roof,bus,1\nnew,新表,a/b,shops,bus,2\n'
  const first = run(list)
  expect([first.added, first.same]).toEqual([['new'], ['main']])
  const second = importDevices(first.text, list, { update: false, check: noProblems })
  expect([second.diff, second.added, second.same]).toEqual(['', [], ['main', 'new']])
})

test('a device the hall has otherwise is left alone, unless the list may change it', () => {
  const list = 'id,unitId,periodMs\nmain,7,5000\n'
  expect(said(run(list))).toEqual([
    '2:1 The hall has "main" already, with another unitId, periodMs: add --update, or take the row out.',
  ])
  const updated = run(list, { update: true })
  expect(updated.changed).toEqual(['main'])
  expect(updated.text).toContain('link: bus, unitId: 7, periodMs: 5000 }')
  expect(updated.text).toContain('# The first one stays first.')
})

test('semicolons, Chinese headings, a byte order mark, groups and lists of commands are understood', () => {
  const outcome = run(
    '\uFEFF编号;名称;档案;区域;命令;topic.prefix;用户\nplug-1;插座;shelly/plug-gen2;商户区;switch-on switch-off;shelly-1;bridge\n',
  )
  expect(outcome.problems).toEqual([])
  expect((parse(outcome.text) as { devices: unknown[] }).devices[1]).toEqual({
    id: 'plug-1',
    name: '插座',
    profile: 'shelly/plug-gen2',
    zone: 'shops',
    commands: ['switch-on', 'switch-off'],
    topic: { prefix: 'shelly-1' },
    mqttUser: 'bridge',
  })
})

test('a text with a comma, quotes and an address with leading zeros stay what they are', () => {
  const outcome = run('id,name,address\nm,"一层, ""东""",000000000161\n')
  expect((parse(outcome.text) as { devices: unknown[] }).devices[1]).toEqual({
    id: 'm',
    name: '一层, "东"',
    address: '000000000161',
  })
})

test.each([
  ['a-{9..11}', ['9', '10', '11']],
  ['a-{09..11}', ['09', '10', '11']],
  ['a', ['']],
])('%s counts %j', (id, cells) => {
  expect(numbersOf(id)).toEqual({ ok: true, cells })
})

test('a range that runs backward or stands alone is explained', () => {
  expect(numbersOf('a-{12..1}')).toMatchObject({ ok: false })
  expect(numbersOf('a-{1..9999}')).toMatchObject({ ok: false })
  expect(expandCell('{1..3}', [''])).toMatchObject({ ok: false })
})

test('a thousand devices are written at once', () => {
  const outcome = run('id,name,zone\nmeter-{0001..1000},表 {},shops\n')
  expect(outcome.added).toHaveLength(1000)
  expect((parse(outcome.text) as { devices: unknown[] }).devices).toHaveLength(1001)
})
