import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { BadReason } from '../domain/frame.ts'
import type { LiveDevice, LiveReading } from '../live/live-device.ts'
import type { LiveEvent } from '../live/live-event.ts'
import { coloured } from './top-screen.ts'
import { emptyTop, type TopState, takeEvent } from './top-state.ts'
import { renderTop } from './top-table.ts'
import { columnsOf, fitted, printable } from './top-text.ts'

const NOW = Date.UTC(2026, 4, 12, 6, 5, 9)
const good = (value: LiveReading['value'], unit: string): LiveReading => ({
  value,
  unit,
  at: NOW - 800,
  quality: 'good',
})

const device = (id: string, name: string, more: Partial<LiveDevice> = {}): LiveDevice => ({
  id,
  name,
  kind: 'meter',
  zone: 'power',
  profile: 'eastron/sdm630',
  presence: 'online',
  since: NOW - 3_600_000,
  lastFrameAt: NOW - 800,
  quality: 'good',
  headline: Object.keys(more.readings ?? {}).filter((quantity) => quantity !== 'readLatency'),
  readings: {},
  ...more,
})

const HALL: LiveDevice[] = [
  device('meter-main', '总表', {
    readings: {
      activePower: good(12345.6, 'W'),
      activeEnergyImport: good(48211.5, 'kWh'),
      voltageL1: good(231.54, 'V'),
      readLatency: good(0.043, 's'),
    },
  }),
  device('kiosk-02', '2号自助缴费机', {
    kind: 'kiosk',
    zone: 'self-service',
    profile: 'hallwatt/kiosk',
    readings: { 'paperPath.invoice': good('jam', ''), 'paper.receipt': good('ok', '') },
  }),
  device('evse-01', 'EV Charger 1', {
    kind: 'evse',
    presence: 'offline',
    reason: 'timeout',
    quality: 'stale',
    lastFrameAt: NOW - 840_000,
    readings: {
      evseState: { value: 'C', unit: '', at: NOW - 840_000, quality: 'stale' },
      activePower: { value: 7000, unit: 'W', at: NOW - 840_000, quality: 'stale' },
    },
  }),
  device('plug-03', '电磁炉插座', { kind: 'plug', presence: 'unknown', lastFrameAt: null, quality: null }),
  device('pv-01', '光伏逆变器', {
    kind: 'pv',
    quality: 'bad',
    readings: {
      activePower: good(-12, 'W'),
      'temperature.cabinet': { value: null, unit: '°C', at: null, quality: 'bad', reason: 'not-available' },
    },
  }),
]

function hall(devices = HALL, notes: readonly string[] = []): TopState {
  const state = emptyTop(notes)
  takeEvent(state, snapshotOf(devices), NOW)
  state.zones = new Map([
    ['power', '配电间'],
    ['self-service', '自助服务区'],
  ])
  return state
}

const overview = {
  hall: { id: 'donghu', name: '东湖营业厅' },
  devices: { total: 5, online: 3, offline: 1, unknown: 1 },
  framesPerSecond: 42.13,
  committedFrames: 12345,
  backlogFrames: 12,
  forwardLagS: 1.4,
}

const snapshotOf = (devices: readonly LiveDevice[]): LiveEvent => ({
  type: 'snapshot',
  sequence: 0,
  at: NOW,
  overview,
  devices,
})

const expected = (name: string) => fileURLToPath(new URL(`./top-cases/${name}.txt`, import.meta.url))
const text = (lines: readonly string[]) => `${lines.map((line) => line.trimEnd()).join('\n')}\n`

test.each([
  ['wide', 120, 40],
  ['narrow', 80, 24],
  ['phone', 48, 24],
])('the hall on a %s terminal', async (name, columns, rows) => {
  const lines = renderTop(hall(), columns, rows, NOW)
  await expect(text(lines)).toMatchFileSnapshot(expected(name))
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns)
})

const badReading = (reason: BadReason): LiveReading => ({ value: null, unit: 'W', at: null, quality: 'bad', reason })

test.each<[string, Record<string, LiveReading>, string]>([
  [
    'every register is refused',
    { activePower: badReading('exception'), voltageL1: badReading('exception') },
    '设备拒绝',
  ],
  [
    'values are bad for several reasons',
    { activePower: badReading('exception'), voltageL1: badReading('timeout') },
    '读数全部无效',
  ],
  ['only the gateway says something', { online: good(true, ''), readLatency: good(0.02, 's') }, '尚无读数'],
  ['all values are stale', { activePower: { ...good(5, 'W'), quality: 'stale' } }, '读数过时'],
])('an answering device is no plain 在线 when %s', (_why, readings, words) => {
  const lines = renderTop(hall([...HALL, device('meter-zz', '末表', { readings })]), 120, 24, NOW)
  const at = (id: string) => lines.findIndex((line) => line.includes(id))
  expect(lines[at('meter-zz')]).toContain('▲ 注意')
  expect(lines[at('meter-zz')]).toContain(`[${words}]`)
  expect(at('meter-zz')).toBeLessThan(at('pv-01'))
})

test('too many devices: the worst are shown and the rest are counted', async () => {
  const many = Array.from({ length: 30 }, (_, i) =>
    device(`meter-${String(i + 1).padStart(2, '0')}`, `${i + 1}号表`, { readings: { activePower: good(i, 'W') } }),
  )
  const lines = renderTop(hall([...many, ...HALL]), 80, 12, NOW)
  expect(lines).toHaveLength(12)
  await expect(text(lines)).toMatchFileSnapshot(expected('too-many'))
})

test('a lost link is said before any number', async () => {
  const state = hall()
  state.link = 'lost'
  state.trouble = '连不上 http://127.0.0.1:18080：网关在运行吗？'
  await expect(text(renderTop(state, 100, 24, NOW))).toMatchFileSnapshot(expected('lost'))
})

test('before the first answer there is no table and no zero', async () => {
  await expect(text(renderTop(emptyTop(), 80, 24, NOW))).toMatchFileSnapshot(expected('connecting'))
})

test('a hall without devices says what to do', async () => {
  await expect(text(renderTop(hall([]), 80, 24, NOW))).toMatchFileSnapshot(expected('no-devices'))
})

test('notes stand below the table while there is room for them', async () => {
  await expect(text(renderTop(hall(HALL, ['试试：让2号机卡纸']), 80, 24, NOW))).toMatchFileSnapshot(expected('notes'))
  expect(renderTop(hall(HALL, ['试试：让2号机卡纸']), 80, 9, NOW).join()).not.toContain('试试')
})

test('a full table gives its last lines to the notes, ten devices stay, and no command is cut', () => {
  const many = Array.from({ length: 37 }, (_, i) =>
    device(`meter-${String(i + 1).padStart(2, '0')}`, `${i + 1}号表`, { readings: { activePower: good(i, 'W') } }),
  )
  const command = 'npm run hallwatt -- simulate fault "paper_jam on kiosk-02" --control http://127.0.0.1:38199'
  const notes = ['网页 http://127.0.0.1:18080', `卡纸  ${command}`]
  const lines = renderTop(hall(many, notes), 80, 24, NOW)
  expect(lines).toHaveLength(24)
  expect(lines.filter((line) => line.includes('meter-')).length).toBeGreaterThanOrEqual(10)
  expect(lines.join('').replaceAll(/ +/g, ' ')).toContain(command)
  expect(lines.join()).toContain('还有')
  const low = renderTop(hall(many, notes), 80, 16, NOW)
  expect(low.at(-1)).toBe(notes[0])
})

test('colour adds nothing that the words do not say', () => {
  const plain = renderTop(hall(), 100, 24, NOW)
  const painted = renderTop(hall(), 100, 24, NOW, coloured)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  expect(painted.map((line) => line.replace(/\u001b\[[\d;]*m/g, ''))).toEqual(plain)
  expect(painted).not.toEqual(plain)
})

test('ages follow the clock of the gateway, not of this computer', () => {
  const state = emptyTop()
  takeEvent(state, snapshotOf(HALL), NOW - 3_600_000)
  expect(renderTop(state, 120, 24, NOW - 3_600_000).join('\n')).toContain('1 秒前')
})

test('a delta changes only what it names', () => {
  const state = hall()
  const changed = { ...HALL[0]!, readings: { activePower: good(1, 'W') } }
  takeEvent(state, { type: 'delta', sequence: 1, at: NOW, removed: ['pv-01'], devices: [changed] }, NOW)
  expect(state.devices.get('meter-main')?.readings).toMatchObject({
    activePower: { value: 1 },
    voltageL1: { value: 231.54 },
  })
  expect(state.devices.has('pv-01')).toBe(false)
})

test('a device named with escape sequences cannot move the cursor', () => {
  const lines = renderTop(hall([device('kiosk-01', '\u001b[2J\u001b[31mred\u202e\u0007\n')]), 100, 24, NOW)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  expect(printable('a\u001bb')).toBe('a\ufffdb')
})

test.each([
  ['总表', 4],
  ['2号自助缴费机', 13],
  ['ABC', 3],
  ['（全角）', 8],
  ['e\u0301', 1],
  ['⚡', 1],
  ['😀', 2],
])('%s takes %i columns', (word, columns) => {
  expect(columnsOf(word)).toBe(columns)
})

test('a word is cut at a whole character and still fills its columns', () => {
  expect(fitted('自助缴费机', 6)).toBe('自助… ')
  expect(columnsOf(fitted('自助缴费机', 6))).toBe(6)
  expect(columnsOf(fitted('自助缴费机', 5))).toBe(5)
  expect(fitted('ab', 4)).toBe('ab  ')
})
