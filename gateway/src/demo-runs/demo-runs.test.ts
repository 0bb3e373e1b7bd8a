import { afterEach, expect, test } from 'vitest'
import type { CommandRequest } from '../commands/command.ts'
import type { CommandSituation } from '../commands/decide.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { Tariff } from '../tariff/fact-schema.ts'
import { demoHall } from './testing/demo-hall.ts'

const PEAK_AND_VALLEY: Tariff = {
  ...{ id: 'peak-and-valley', name: { zh: '峰谷', en: 'Peak and valley' }, region: 'CN' },
  periods: [
    { name: 'valley', from: '00:00', to: '10:00' },
    { name: 'peak', from: '10:00', to: '24:00' },
  ],
  prices: { peak: [1], valley: [0.1] },
  ...{ issuer: '测试', document: '测试', publishedOn: '2026', grade: 'A', reviewBy: '2027-01-01' },
}
const lin = { by: 'lin', roles: ['guide'] } as const
const wang = { by: 'wang', roles: ['guide'] } as const
const halls: Awaited<ReturnType<typeof demoHall>>[] = []
const open = async (options?: Parameters<typeof demoHall>[0]) => {
  const hall = await demoHall(options)
  halls.push(hall)
  return hall
}
afterEach(async () => {
  for (const hall of halls.splice(0)) await hall.close()
})

const granted = <T>(result: ActResult<T>): T => {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}
const codeOf = (result: ActResult<unknown>) => (result.ok ? undefined : result.code)

/** Up to the step that heats. */
async function heating(hall: Awaited<ReturnType<typeof demoHall>>): Promise<string> {
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  granted(hall.demos.act(id, 'start', { ...lin, guardConfirmed: true }))
  granted(hall.demos.act(id, 'next', lin))
  await hall.pass(6)
  return id
}
const onNow = ({ relays }: Awaited<ReturnType<typeof demoHall>>) => [...relays].filter(([, on]) => on).map(([id]) => id)

test('a run goes from ready to done on real commands, is recorded, and is one point for InfluxDB', async () => {
  const hall = await open()
  const id = await heating(hall)
  expect(onNow(hall).sort()).toEqual(['hob-1', 'lamp-1', 'other-1'])
  expect(
    hall.given.every(({ revertAfterS, via, trace }) => revertAfterS === 50 && via === 'demo' && trace === id),
  ).toBe(true)
  granted(hall.demos.act(id, 'next', lin))
  await hall.pass(11)
  expect(hall.demos.run(id)).toMatchObject({ state: 'done', mark: 'live' })
  expect(onNow(hall)).toEqual([])
  const record = await hall.demos.record(id)
  expect(record).toMatchObject({
    id,
    state: 'done',
    playable: true,
    by: 'lin',
    gatewayVersion: '0.0.0',
    samplingS: 0.5,
  })
  expect(record?.devices.map(({ role }) => role)).toEqual(['hob', 'other', 'lamp'])
  expect(hall.frames.map(({ stream, device, values }) => [stream, device, values.runState])).toEqual([
    ['demo_run', 'two-hobs', 'done'],
  ])
})

test('a run that is over says when it ended, also a replay of one that ended long ago: its result stands from then on', async () => {
  const hall = await open()
  const id = await heating(hall)
  granted(hall.demos.act(id, 'next', lin))
  await hall.pass(11)
  const live = hall.demos.run(id)!
  expect(live.state).toBe('done')
  expect(live.at - live.startedAt!).toBeGreaterThan(6_000)
  await hall.pass(120)
  const replay = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs', replay: id }))
  await expect.poll(() => hall.demos.run(replay.id)?.state).toBe('ready')
  granted(hall.demos.act(replay.id, 'start', lin))
  await hall.pass(30)
  const played = hall.demos.run(replay.id)!
  expect(played.state).toBe('done')
  expect(played.at - live.at).toBeGreaterThan(120_000)
})

test('a load that stays on is told again before its minute is over', async () => {
  const hall = await open()
  await heating(hall)
  const before = hall.given.filter(({ device }) => device === 'hob-1').length
  await hall.pass(21)
  expect(hall.given.filter(({ device }) => device === 'hob-1').length).toBe(before + 1)
})

test('without the guard confirmed nothing begins', async () => {
  const hall = await open()
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  expect(codeOf(hall.demos.act(id, 'start', lin))).toBe('HW_DEMO_GUARD_NOT_CONFIRMED')
})

test('a second guide can neither act on the run nor take its circuit, and can switch everything off', async () => {
  const hall = await open()
  const id = await heating(hall)
  expect(codeOf(hall.demos.act(id, 'pause', wang))).toBe('HW_DEMO_LED_BY_OTHER')
  expect(hall.demos.beat(id, 'wang')).toBe(false)
  const other = granted(hall.demos.prepare({ ...wang, scenario: 'two-hobs' }))
  expect([other.state, other.reason?.code]).toEqual(['refused', 'HW_DEMO_CIRCUIT_BUSY'])
  await hall.demos.allOff({ by: 'wang', via: 'http' })
  await hall.pass(1)
  expect(hall.demos.run(id)).toMatchObject({ state: 'aborted', reason: { code: 'HW_DEMO_ALL_OFF' } })
  expect(onNow(hall)).toEqual([])
  await hall.demos.allOff({ by: 'wang', via: 'http' })
})

test('the emergency stop ends the run at the reading that shows it, and keeps the next one from starting', async () => {
  const hall = await open()
  const id = await heating(hall)
  hall.press(true)
  hall.speak()
  await hall.pass(0.5)
  expect(hall.demos.run(id)).toMatchObject({ state: 'aborted', reason: { code: 'HW_DEMO_EMERGENCY_STOP' } })
  expect(onNow(hall)).toEqual([])
  expect(granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' })).reason?.code).toBe('HW_DEMO_EMERGENCY_STOP')
})

test('the emergency stop pressed between choosing and starting keeps the run from starting', async () => {
  const hall = await open()
  const { id, state } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  hall.press(true)
  hall.speak()
  const started = hall.demos.act(id, 'start', { ...lin, guardConfirmed: true })
  expect([state, codeOf(started)]).toEqual(['ready', 'HW_DEMO_EMERGENCY_STOP'])
  await hall.pass(2)
  expect(hall.given).toEqual([])
})

test.each([
  ['another device', { hob: { device: 'other-1' }, other: { device: 'hob-1' } }],
  ['another circuit', { hob: { device: 'hob-1', circuit: 'wall' } }],
  ['another rated power', { other: { device: 'other-1', ratedW: 1900 } }],
])('what was prepared with one device is not started when hall.yaml names %s meanwhile', async (_, named) => {
  const hall = await open()
  const prepare = () => granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  const { id } = prepare()
  const bound = Object.entries(named).map(([role, to]) => [
    role,
    { circuit: 'table', ratedW: undefined, points: {}, ...to },
  ])
  hall.setDemos((demos) => ({
    ...demos,
    circuits: [...demos.circuits, { id: 'wall', name: '墙', limitW: 4000 }],
    roles: { ...demos.roles, ...Object.fromEntries(bound) },
  }))
  const refused = hall.demos.act(id, 'start', { ...lin, guardConfirmed: true })
  expect(refused).toMatchObject({
    ok: false,
    code: 'HW_DEMO_WRONG_STATE',
    message: expect.stringContaining('重新准备'),
  })
  await hall.pass(2)
  expect(hall.given).toEqual([])
  expect(codeOf(hall.demos.act(prepare().id, 'start', { ...lin, guardConfirmed: true }))).toBeUndefined()
})

test('a required device that falls silent is off within six seconds', async () => {
  const hall = await open()
  const id = await heating(hall)
  hall.silent.add('hob-1')
  await hall.pass(4)
  expect(hall.demos.run(id)?.state).toBe('running')
  await hall.pass(2)
  expect(hall.demos.run(id)).toMatchObject({ state: 'stopping', reason: { code: 'HW_DEMO_READING_LOST' } })
  expect(onNow(hall)).toEqual([])
  // Its relay says off; the run is over when its meter says so too.
  hall.silent.delete('hob-1')
  await hall.pass(1)
  expect(hall.demos.run(id)?.state).toBe('aborted')
})

test('a run ends when hall.yaml takes a device of it away, and all its loads are off before', async () => {
  const hall = await open()
  const id = await heating(hall)
  expect(await hall.demos.letGo(['estop'], [])).toMatchObject({ devices: [] })
  await hall.pass(1)
  expect(onNow(hall)).toHaveLength(3)
  expect(await hall.demos.letGo(['hob-1'], ['hob-1'])).toMatchObject({ off: true })
  expect(onNow(hall)).toEqual([])
  // At another address another relay may be waiting, with power.
  hall.relays.set('hob-1', true)
  hall.rename('hob-1')
  await hall.pass(5)
  expect(hall.demos.run(id)).toMatchObject({ state: 'aborted', reason: { code: 'HW_DEMO_DEVICE_MISSING' } })
  expect([onNow(hall), new Set(hall.alarmed)]).toEqual([[], new Set(['hob-1'])])
})

test('smoke switches off every device of the demonstrations, also what no run has', async () => {
  const hall = await open()
  await hall.pass(1)
  for (const device of ['hob-1', 'lamp-1']) hall.relays.set(device, true)
  await hall.pass(2)
  expect(onNow(hall)).toEqual(['hob-1', 'lamp-1'])
  hall.smoke(true)
  await hall.pass(2)
  expect(onNow(hall)).toEqual([])
  const rounds = hall.offRounds()
  await hall.pass(30)
  expect(hall.offRounds()).toBe(rounds)
})

/** Somebody wants it on or off over a way that is no run. */
function wanted(hall: Awaited<ReturnType<typeof demoHall>>, device: string, who: Partial<CommandRequest> = {}) {
  const request = { device, command: 'switch-on', by: 'flow:tea', roles: ['guide'], via: 'flow', ...who } as const
  return hall.demos.byHand(request, { command: { power: request.command === 'switch-on' } } as CommandSituation)
}

test('what runs switch is not switched on past them under E-stop, smoke or after closing', async () => {
  const hall = await open()
  await hall.pass(1)
  expect(wanted(hall, 'hob-1')).toBeUndefined()
  hall.press(true)
  hall.speak()
  for (const via of ['http', 'mqtt', 'flow'] as const)
    expect(wanted(hall, 'hob-1', { via, roles: ['admin'] })).toMatchObject({
      code: 'HW_COMMAND_INTERLOCK',
      message: expect.stringMatching(/^I1 .*急停/),
    })
  expect(wanted(hall, 'estop')).toBeUndefined()
  expect(wanted(hall, 'hob-1', { command: 'switch-off' })).toBeUndefined()
  expect(wanted(hall, 'hob-1', { via: 'demo' })).toBeUndefined()
  hall.press(false)
  hall.smoke(true)
  hall.speak()
  expect(wanted(hall, 'hob-1')?.message).toMatch(/^I10 .*烟雾/)
  hall.smoke(false)
  hall.speak()
  hall.setDemos((demos) => ({
    ...demos,
    trips: [{ device: 'estop', quantity: 'emergencyStopPressed', trippedWhen: false, circuit: 'table' }],
  }))
  expect(wanted(hall, 'hob-1')?.message).toMatch(/^I2 /)
  hall.setDemos((demos) => ({ ...demos, trips: [], schedule: [{ days: ['mon'], from: '08:00', to: '08:01' }] }))
  expect(wanted(hall, 'hob-1')?.message).toMatch(/^I11 /)
  // As with a run: who leads the hall may.
  expect(wanted(hall, 'hob-1', { via: 'http', roles: ['lead'] })).toBeUndefined()
  expect(wanted(hall, 'hob-1', { via: 'mqtt', roles: ['lead'] })?.message).toMatch(/^I11 /)
})

test('a relay of the demonstrations that comes back with power goes off, whenever that is, and is alarmed for until it does', async () => {
  const hall = await open()
  await hall.pass(1)
  const lost = async (device: string, is: boolean) => {
    if (is) hall.silent.add(device)
    else hall.silent.delete(device)
    await hall.pass(4)
  }
  await lost('hob-1', true)
  hall.relays.set('hob-1', true)
  await lost('hob-1', false)
  expect([onNow(hall), hall.alarmed]).toEqual([[], []])
  await lost('lamp-1', true)
  hall.relays.set('lamp-1', true)
  hall.stuck.add('lamp-1')
  await lost('lamp-1', false)
  expect(hall.alarmed).toEqual(['lamp-1'])
  const rounds = hall.offRounds()
  hall.stuck.delete('lamp-1')
  await hall.pass(9)
  expect(onNow(hall)).toEqual([])
  expect(hall.offRounds()).toBeGreaterThan(rounds)
  // What is off and there is left alone, also when somebody gives it another name.
  const settled = hall.offRounds()
  hall.relays.set('lamp-1', true)
  hall.rename('lamp-1')
  await hall.pass(60)
  expect([onNow(hall), hall.offRounds()]).toEqual([['lamp-1'], settled])
})

test('a run that a restart interrupted is recorded as aborted', async () => {
  const hall = await open()
  const id = await heating(hall)
  await expect.poll(async () => (await hall.demos.records({ limit: 1 })).map(({ state }) => state)).toEqual(['running'])
  await hall.reopen()
  expect(await hall.demos.records({ limit: 1 })).toMatchObject([
    { id, state: 'aborted', playable: false, reason: { code: 'HW_DEMO_RESTARTED' } },
  ])
  expect(granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' })).id).not.toBe(id)
})

test('a clock that is set in the middle of a run takes every load off', async () => {
  const hall = await open()
  const id = await heating(hall)
  expect(onNow(hall)).toContain('hob-1')
  hall.clock.setWall(hall.clock.wallMs() + 3_600_000)
  await hall.pass(1)
  expect(onNow(hall)).toEqual([])
  await hall.pass(2)
  expect(hall.demos.run(id)).toMatchObject({ state: 'aborted', reason: { code: 'HW_DEMO_CLOCK_JUMPED' } })
})

test('a run across the edge of a price pays each of its halves as it was', async () => {
  const edge = Date.parse('2026-05-12T10:00:00+08:00')
  const figures = "  - { id: paid, name: { zh: 电费, en: Cost }, is: 'cost(hob, t0)', unit: yuan }"
  const hall = await open({ startAt: edge - 26_000, figures, tariff: PEAK_AND_VALLEY })
  const id = await heating(hall)
  const on = hall.clock.wallMs()
  await hall.pass(30)
  const run = hall.demos.run(id)
  const used = run?.figures.find((figure) => figure.id === 'used')?.value ?? 0
  const paid = run?.figures.find((figure) => figure.id === 'paid')
  expect(on).toBeLessThan(edge - 15_000)
  expect(hall.clock.wallMs()).toBeGreaterThan(edge + 5_000)
  // 1500 W all the time: what is left after the edge is known to a sample of half a second.
  const afterWh = (1500 * (hall.clock.wallMs() - edge)) / 3.6e6
  const yuan = ((used - afterWh) * 0.1 + afterWh * 1) / 1000
  expect(Math.abs((paid?.value ?? 0) - yuan)).toBeLessThan((1500 / 3.6e6) * 0.75)
  expect(paid?.facts).toEqual(['peak-and-valley'])
})

test('a hob that was on when the gateway died is hot for ten minutes, also for the gateway that comes after it', async () => {
  const hall = await open({ safety: 'coolDownS: 600' })
  await heating(hall)
  const kept = async () => (await hall.store.read<{ body: string }>('SELECT body FROM document'))[0]?.body ?? ''
  await expect.poll(kept).toContain('"hob-1":null')
  await hall.reopen()
  hall.speak()
  const { state, reason } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  expect([state, reason?.code]).toEqual(['refused', 'HW_DEMO_WAITING'])
  await hall.pass(590)
  expect(granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' })).state).toBe('refused')
  await hall.pass(11)
  expect(granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' })).state).toBe('ready')
})

test('a clock set back while the run is leaving does not hold its circuit for that hour', async () => {
  const hall = await open()
  const id = await heating(hall)
  hall.stuck.add('hob-1')
  granted(hall.demos.act(id, 'finish', lin))
  await hall.pass(3)
  expect(hall.demos.run(id)?.state).toBe('stopping')
  hall.clock.setWall(hall.clock.wallMs() - 3_600_000)
  await hall.pass(74)
  expect(hall.demos.run(id)?.state).toBe('aborted')
})

test('a run that still looks at a record can be cancelled, and is not taken up again when the record comes', async () => {
  const hall = await open()
  const record = await recorded(hall)
  const { id, state } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs', replay: record }))
  expect(state).toBe('checking')
  expect(granted(hall.demos.act(id, 'cancel', lin)).state).toBe('aborted')
  await hall.pass(1)
  expect(hall.demos.run(id)?.state).toBe('aborted')
})

test('without a guide what is not made for that is only replayed: never live, and not at all without a record', async () => {
  const hall = await open()
  const alone = { ...lin, scenario: 'two-hobs', playlist: { id: 'alone', index: 0 } }
  expect(codeOf(hall.demos.prepare(alone))).toBe('HW_DEMO_NO_RECORD')
  expect(hall.demos.view().playlists).toEqual([])
  expect(hall.demos.attract().panels).toEqual([])
  const record = await recorded(hall)
  expect(hall.demos.view().playlists.map(({ scenarios }) => scenarios)).toEqual([['two-hobs']])
  const { id } = granted(hall.demos.prepare(alone))
  await expect.poll(() => hall.demos.run(id)).toMatchObject({ state: 'ready', mark: 'replay', replay: { record } })
  // The attract loop shows it too, with its day and never as live.
  await hall.pass(31)
  const shown = () => {
    const { panels } = hall.demos.attract()
    return panels.map(({ mark, title }) => [mark, title.zh])
  }
  shown()
  await expect.poll(shown).toEqual([['replay', '比赛（录于 2027-01-15）']])
})

test('a device that is missing is offered for; only who leads takes the offer', async () => {
  const hall = await open({
    fallbacks: 'fallbacks: [{ missing: hob, use: without, say: { zh: 不要它, en: Without it } }]',
  })
  hall.silent.add('hob-1')
  await hall.pass(5)
  const offered = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  expect([offered.state, offered.offers?.map(({ kind }) => kind)]).toEqual(['offer', ['without', 'rehearse']])
  expect(hall.demos.view().scenarios[0]).toMatchObject({ readiness: 'blocked', device: 'hob-1' })
  const without = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs', without: true }))
  expect([without.state, without.roles.map(({ role }) => role)]).toEqual(['ready', ['other', 'lamp']])
})

test('a hob that somebody switched on by its own button goes off with the run, and what never was on does not have to cool down', async () => {
  const hall = await open({ safety: 'coolDownS: 600' })
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  granted(hall.demos.act(id, 'start', { ...lin, guardConfirmed: true }))
  hall.relays.set('hob-1', true)
  granted(hall.demos.act(id, 'cancel', lin))
  expect(onNow(hall)).toEqual([])
  await hall.pass(1)
  expect(hall.demos.run(id)?.state).toBe('aborted')
  expect(granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' })).state).toBe('ready')
})

test('everything off is told once: a run that ends by it tells no device a second time', async () => {
  const hall = await open()
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs' }))
  granted(hall.demos.act(id, 'start', { ...lin, guardConfirmed: true }))
  const before = hall.offRounds()
  await hall.demos.allOff({ by: 'wang', via: 'http' })
  await hall.pass(1)
  expect(hall.demos.run(id)?.state).toBe('aborted')
  expect(hall.offRounds() - before).toBe(1)
})

test('a rehearsal switches nothing and is marked in every panel', async () => {
  const hall = await open()
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs', rehearsal: true }))
  granted(hall.demos.act(id, 'start', lin))
  granted(hall.demos.act(id, 'next', lin))
  await hall.pass(8)
  const run = hall.demos.run(id)
  expect([run?.mark, run?.panel?.mark, run?.roles.map(({ on }) => on)]).toEqual([
    'simulated',
    'simulated',
    [true, true, true],
  ])
  expect(hall.given).toEqual([])
})

async function recorded(hall: Awaited<ReturnType<typeof demoHall>>): Promise<string> {
  const id = await heating(hall)
  granted(hall.demos.act(id, 'next', lin))
  await hall.pass(11)
  await hall.demos.record(id)
  return id
}

test('a replay shows what was measured, marked as such, four times as fast, and commands nothing', async () => {
  const hall = await open()
  const record = await recorded(hall)
  const live = hall.demos.run(record)
  const commanded = hall.given.length
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs', replay: record }))
  await expect.poll(() => hall.demos.run(id)?.state).toBe('ready')
  granted(hall.demos.act(id, 'start', lin))
  await hall.pass(2)
  const midway = hall.demos.run(id)
  expect(midway).toMatchObject({ state: 'running', mark: 'replay', replay: { record, speed: 4 } })
  expect(midway?.panel?.mark).toBe('replay')
  expect(JSON.stringify(midway)).not.toContain('"live"')
  await hall.pass(4)
  const done = hall.demos.run(id)
  expect(done?.state).toBe('done')
  expect(done?.figures.map(({ value }) => value)).toEqual(live?.figures.map(({ value }) => value))
  expect(hall.given.length).toBe(commanded)
  expect((await hall.demos.records({ limit: 9 })).map((head) => head.id)).toEqual([record])
})

test('a record whose samples were touched cannot be played', async () => {
  const hall = await open()
  const record = await recorded(hall)
  await hall.store.commit([
    { sql: 'UPDATE demo_records SET body = replace(body, ?, ?)', rows: [['two-hobs', 'too-hobs']] },
  ])
  const { id } = granted(hall.demos.prepare({ ...lin, scenario: 'two-hobs', replay: record }))
  await expect.poll(() => hall.demos.run(id)?.state).toBe('refused')
  expect(hall.demos.run(id)?.reason?.code).toBe('HW_DEMO_RECORD_BROKEN')
})

test('a flow may not start what heats', async () => {
  const hall = await open()
  expect(codeOf(hall.demos.prepare({ ...lin, scenario: 'two-hobs', forFlow: true }))).toBe('HW_DEMO_NOT_FOR_FLOWS')
})
