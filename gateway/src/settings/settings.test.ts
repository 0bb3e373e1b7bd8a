import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { type Change, changeSchema } from './change-schema.ts'
import { type Edit, editValue } from './edit.ts'
import { editText } from './edit-text.ts'
import { editsOf } from './edits-of.ts'
import { changeText, unifiedDiff } from './settings.ts'

const HALL = `# 东湖厅，2026 年 5 月开通
hall: { id: donghu, name: 东湖供电营业厅 }   # 中心厅

zones:
  - { id: hall, name:   大厅 }   # 一楼
  # 后台不对外
  - id: back
    name: 后台     # 二楼

links:
  bus-1: { type: modbus-rtu, path: /dev/ttyUSB0, baud: 9600 }  # 白色转换器

devices:
  # 配电间：总表
  - { id: meter-1, name: 总表, profile: eastron/sdm630, zone: back, link: bus-1, unitId: 1 }  # 抄表每月 1 日
  - id: meter-2
    name: "空调"     # 机房旁
    profile: eastron/sdm630
    # 拨码 2
    zone: back
    link: bus-1
    unitId: 2
  # 自助区
  - { id: kiosk-1, name: 1号机, profile: hallwatt/kiosk, zone: hall }

repair:
  people:
    - { id: zhang, name: 张, channels: [desk] }
  channels:
    desk: { type: webhook, url: "https://chat.example/hook?key=s3cret" }  # 群机器人
  duty:
    - people: [zhang]   # 白班
# 文件到此为止
`

const changed = (text: string, ...changes: unknown[]): string => {
  const result = changeText(
    text,
    changes.map((change) => changeSchema.parse(change)),
  )
  if (!result.ok) throw new Error(result.message)
  return result.text
}

/** Lines that came and went, without the rest. */
const moved = (before: string, after: string) =>
  unifiedDiff(before, after)
    .split('\n')
    .filter((line) => /^[-+]/.test(line))

test('a device added by the console is one line at the end of the devices, written like its neighbours', () => {
  const device = { id: 'ups-1', name: 'UPS', profile: 'hallwatt/ups', zone: 'back' }
  expect(moved(HALL, changed(HALL, { do: 'device.add', device }))).toEqual([
    '+  - { id: ups-1, name: UPS, profile: hallwatt/ups, zone: back }',
  ])
})

test('a new name changes the name and nothing else on its line', () => {
  const device = { id: 'meter-1', name: '总进线', profile: 'eastron/sdm630', zone: 'back', link: 'bus-1', unitId: 1 }
  expect(moved(HALL, changed(HALL, { do: 'device.replace', id: 'meter-1', device }))).toEqual([
    '-  - { id: meter-1, name: 总表, profile: eastron/sdm630, zone: back, link: bus-1, unitId: 1 }  # 抄表每月 1 日',
    '+  - { id: meter-1, name: 总进线, profile: eastron/sdm630, zone: back, link: bus-1, unitId: 1 }  # 抄表每月 1 日',
  ])
})

test('a zone moved up changes places and no comment goes with it', () => {
  expect(moved(HALL, changed(HALL, { do: 'zone.move', id: 'back', to: 0 }))).toEqual([
    '-  - { id: hall, name:   大厅 }   # 一楼',
    '+  - { id: back, name:   后台 }   # 一楼',
    '-  - id: back',
    '-    name: 后台     # 二楼',
    '+  - id: hall',
    '+    name: 大厅     # 二楼',
  ])
})

test('a device written over several lines keeps its comments when a setting comes and another goes', () => {
  const device = {
    id: 'meter-2',
    name: '空调电表',
    profile: 'eastron/sdm630',
    zone: 'back',
    link: 'bus-1',
    periodMs: 5000,
  }
  expect(moved(HALL, changed(HALL, { do: 'device.replace', id: 'meter-2', device }))).toEqual([
    '-    name: "空调"     # 机房旁',
    '+    name: 空调电表     # 机房旁',
    '-    unitId: 2',
    '+    periodMs: 5000',
  ])
})

test('a removed device takes its own lines along and leaves the comments above it', () => {
  expect(moved(HALL, changed(HALL, { do: 'device.remove', id: 'meter-1' }))).toEqual([
    '-  - { id: meter-1, name: 总表, profile: eastron/sdm630, zone: back, link: bus-1, unitId: 1 }  # 抄表每月 1 日',
  ])
})

test('the last device gone leaves an empty list, and the next one starts it again', () => {
  const none = changed(HALL, ...['meter-1', 'meter-2', 'kiosk-1'].map((id) => ({ do: 'device.remove', id })))
  expect(parse(none).devices).toEqual([])
  expect(none).toContain('# 配电间：总表')
  const device = { id: 'ups-1', name: 'UPS', profile: 'hallwatt/ups', zone: 'back' }
  expect(parse(changed(none, { do: 'device.add', device })).devices).toEqual([device])
})

test('what the schema fills in by itself is not written; what the file says stays said', () => {
  const link = { type: 'modbus-tcp', host: '10.0.0.7', port: 502 }
  expect(moved(HALL, changed(HALL, { do: 'link.add', id: 'gw-1', link }))).toEqual([
    '+  gw-1: { type: modbus-tcp, host: 10.0.0.7 }',
  ])
  const bus = { type: 'modbus-rtu', path: '/dev/ttyUSB1' }
  expect(parse(changed(HALL, { do: 'link.replace', id: 'bus-1', link: bus })).links['bus-1']).toEqual({
    ...bus,
    baud: 9600,
  })
})

test('an address shown with *** comes back whole', () => {
  const channel = { type: 'webhook', url: 'https://chat.example/hook?***', secret: 'HOOK_SECRET' }
  const text = changed(HALL, { do: 'channel.replace', id: 'desk', channel })
  expect(parse(text).repair.channels.desk).toEqual({
    type: 'webhook',
    url: 'https://chat.example/hook?key=s3cret',
    secret: 'HOOK_SECRET',
  })
  const strange = changeText(HALL, [changeSchema.parse({ do: 'channel.add', id: 'new', channel })])
  expect(strange).toMatchObject({ ok: false, message: expect.stringContaining('write the whole address') })
})

test('settings the file does not have yet get their section', () => {
  const bare = 'hall: { id: a, name: A }\nzones: [{ id: z, name: Z }]\n'
  const text = changed(
    bare,
    { do: 'repair.set', repair: { openingHours: [{ days: ['mon'], from: '08:30', to: '12:00' }], lead: 'zhang' } },
    { do: 'person.add', person: { id: 'zhang', name: '张', channels: ['desk'] } },
    { do: 'channel.add', id: 'desk', channel: { type: 'mqtt', topic: 'a/b' } },
    { do: 'zone.add', zone: { id: 'y', name: 'Y' } },
  )
  expect(text.startsWith('hall: { id: a, name: A }\n')).toBe(true)
  expect(parse(text)).toEqual({
    hall: { id: 'a', name: 'A' },
    zones: [
      { id: 'z', name: 'Z' },
      { id: 'y', name: 'Y' },
    ],
    repair: {
      openingHours: [{ days: ['mon'], from: '08:30', to: '12:00' }],
      lead: 'zhang',
      people: [{ id: 'zhang', name: '张', channels: ['desk'] }],
      channels: { desk: { type: 'mqtt', topic: 'a/b' } },
    },
  })
})

test.each([
  [{ do: 'device.remove', id: 'meter-9' }, 'no device "meter-9"'],
  [{ do: 'zone.add', zone: { id: 'hall', name: 'x' } }, 'a zone "hall" already'],
  [{ do: 'link.remove', id: 'bus-9' }, 'no link "bus-9"'],
  [{ do: 'duty.remove', index: 4 }, 'there is no number 4'],
])('%j is refused in words', (change, words) => {
  expect(changeText(HALL, [changeSchema.parse(change)])).toMatchObject({
    ok: false,
    message: expect.stringContaining(words),
  })
})

test('a file with anchors is edited where they do not matter, and refused where they do', () => {
  const anchored = HALL.replace('- { id: hall, name:   大厅 }', '- &first { id: hall, name: 大厅 }').replace(
    '  # 后台不对外\n',
    '  - *first\n',
  )
  expect(parse(changed(anchored, { do: 'site.set', site: { name: '新厅' } })).hall.name).toBe('新厅')
  const result = changeText(anchored, [
    changeSchema.parse({ do: 'zone.replace', id: 'hall', zone: { id: 'hall', name: 'x' } }),
  ])
  expect(result.ok).toBe(false)
})

test('Windows line ends stay Windows line ends', () => {
  const windows = HALL.replaceAll('\n', '\r\n')
  const device = { id: 'ups-1', name: 'UPS', profile: 'hallwatt/ups', zone: 'back' }
  const text = changed(windows, { do: 'device.add', device }, { do: 'device.remove', id: 'meter-2' })
  expect(text.replaceAll('\r\n', '')).not.toContain('\n')
})

const word = fc.constantFrom(
  'a',
  'meter-1',
  '1号机',
  'x: y',
  '# no comment',
  '- dash',
  "it's",
  'a, b',
  '{',
  '[x]',
  '*',
  '08:30',
  'true',
  '12',
  '',
  '两行\n文字',
  ' 空格 ',
  '"q"',
  '\\',
)
const id = fc.constantFrom('d-1', 'd-2', 'd-3', 'meter-1', 'meter-2', 'kiosk-1', 'hall', 'back')
const name = word.filter((text) => text.length > 0)
const device = fc.record(
  { id, name, profile: name, zone: id, unitId: fc.integer({ min: 0, max: 255 }) },
  { requiredKeys: ['id', 'name', 'profile', 'zone'] },
)
const change: fc.Arbitrary<Change> = fc
  .oneof(
    fc.record({ do: fc.constant('device.add'), device }),
    fc.record({ do: fc.constant('device.replace'), id, device }),
    fc.record({ do: fc.constant('device.remove'), id }),
    fc.record({ do: fc.constant('zone.add'), zone: fc.record({ id, name }) }),
    fc.record({ do: fc.constant('zone.replace'), id, zone: fc.record({ id, name }) }),
    fc.record({ do: fc.constant('zone.remove'), id }),
    fc.record({ do: fc.constant('link.add'), id, link: fc.record({ type: fc.constant('modbus-tcp'), host: name }) }),
    fc.record({ do: fc.constant('link.remove'), id: fc.constantFrom('bus-1', 'd-1', 'd-2') }),
    fc.record({ do: fc.constant('site.set'), site: fc.record({ name }) }),
    fc.record({
      do: fc.constant('duty.add'),
      duty: fc.record({ people: fc.array(id, { minLength: 1, maxLength: 3 }) }),
    }),
    fc.record({ do: fc.constant('duty.remove'), index: fc.nat(2) }),
    fc.record({
      do: fc.constant('duty.replace'),
      index: fc.nat(2),
      duty: fc.record({ people: fc.array(id, { minLength: 1, maxLength: 3 }) }),
    }),
    fc.record({ do: fc.constant('person.add'), person: fc.record({ id, name, channels: fc.constant(['desk']) }) }),
    fc.record({ do: fc.constant('person.remove'), id: fc.constantFrom('zhang', 'd-1') }),
    fc.record({
      do: fc.constant('repair.set'),
      repair: fc.record({ inspectPercent: fc.constantFrom(null, 5, 20), lead: fc.constantFrom(null, 'zhang') }),
    }),
  )
  .map((one) => changeSchema.parse(one))

const withoutOwnComments = (text: string) => text.split('\n').filter((line) => /^\s*#/.test(line))

const SAMPLES = [HALL, await readFile(new URL('../../halls/demo.yaml', import.meta.url), 'utf8')]

test.each(SAMPLES.map((text, i) => [i, text] as const))(
  'any sequence of changes says what it means, keeps every comment line and every untouched line byte by byte (hall %i)',
  (_, text) => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        let now = text
        for (const one of changes) {
          const result = changeText(now, [one])
          if (!result.ok) continue
          const root: unknown = parse(now)
          const edits: Edit[] = editsOf(one, root)
          expect(parse(result.text)).toEqual(edits.reduce((value: unknown, edit) => editValue(value, edit), root))
          const gone = moved(now, result.text).filter((line) => line.startsWith('-'))
          // Comments go only with the lines of a thing that was taken out.
          const kept = withoutOwnComments(result.text)
          for (const line of withoutOwnComments(now)) if (!gone.includes(`-${line}`)) expect(kept).toContain(line)
          if (!one.do.endsWith('.remove')) expect(gone.filter((line) => /^-\s*#/.test(line))).toEqual([])
          expect(gone.length).toBeLessThanOrEqual(most(one))
          now = result.text
        }
      }),
      { numRuns: text === HALL ? 60 : 10, seed: 20261122 },
    )
  },
)

/** Lines a change may touch: those of its own thing. */
const most = ({ do: what }: Change): number => (what.startsWith('device') ? 8 : 4)

test('an edit that means nothing new leaves the text as it is', () => {
  expect(editText(HALL, { op: 'set', path: ['hall', 'name'], value: '东湖供电营业厅' })).toBe(HALL)
  expect(parseDocument(HALL).errors).toEqual([])
})
