import { expect, test } from 'vitest'
import type { Value } from '../domain/frame.ts'
import type { ReadResult } from '../modbus/modbus.ts'
import { silentLog } from '../ports/log.ts'
import { DevicePoll } from './device-poll.ts'
import { type Learnt, LearntLimits } from './learnt.ts'
import { meter, meterMap } from './testing/polled-hall.ts'
import { turnOf } from './turn.ts'

const MINUTE_MS = 60_000

/** Four values every ten seconds, and one that is asked for once an hour. */
const map = {
  ...meterMap,
  periodsMs: { fast: 1000, normal: 10_000, slow: 3600_000 },
  registers: [
    ...(meterMap.registers as object[]),
    { quantity: 'activeEnergyImport', address: 1000, type: 'uint32', unit: 'kWh', rate: 'slow' },
  ],
}

interface Seen {
  readonly atMs: number
  readonly address: number
  readonly count: number
}

/** A device polled on a made-up clock; `refuses` holds the addresses it refuses now. */
async function polledDevice(modbus: Record<string, unknown> = map) {
  let nowMs = 0
  const saved: Learnt[] = []
  const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, sleep: () => Promise.resolve() }
  const port = { load: async () => [], save: async (all: readonly Learnt[]) => void saved.splice(0, Infinity, ...all) }
  const learnt = new LearntLimits(port, clock, silentLog)
  const refuses = new Set<number>()
  const seen: Seen[] = []
  const told: string[] = []
  let refusals = 0
  let values: Record<string, Value> = {}
  const events = {
    values(_device: string, read: Record<string, Value>) {
      values = read
    },
    presence: () => {},
    rejected: (_device: string, quantities: readonly string[]) => void told.push(`refuses ${quantities.join(' ')}`),
    accepted: (_device: string, quantities: readonly string[]) => void told.push(`answers ${quantities.join(' ')}`),
    probeFailed: () => {},
  }
  const deps = {
    learnt,
    random: () => 0,
    lineCost: { perRequestMs: 10, perRegisterMs: 1 },
    gapMs: 0,
    turn: turnOf(0),
    timeoutMs: 100,
    events,
  }
  const poll = new DevicePoll(meter('meter-1', 'bus', 1, modbus), deps, nowMs)
  const answer = ({ address, count }: { address: number; count: number }): ReadResult => {
    const addresses = Array.from({ length: count }, (_, i) => address + i)
    if (!addresses.some((one) => refuses.has(one))) return { ok: true, words: addresses, elapsedMs: 10 }
    refusals++
    return { ok: false, failure: 'exception', exceptionCode: 2 }
  }
  const pass = (ms: number) => {
    for (const untilMs = nowMs + ms; ; ) {
      if (poll.dueMs > untilMs) {
        nowMs = untilMs
        return
      }
      nowMs = Math.max(nowMs, poll.dueMs)
      const request = poll.next(nowMs)
      if (!request) continue
      seen.push({ atMs: nowMs, address: request.address, count: request.count })
      poll.done(request, answer(request), nowMs)
    }
  }
  const asked = (address: number) => seen.filter((one) => one.address <= address && address < one.address + one.count)
  return { pass, refuses, seen, asked, told, learnt, saved, values: () => values, refusals: () => refusals }
}

const voltages = [0, 2, 4, 12]

test('a meter that refused its registers for 15 seconds is read again within two minutes', async () => {
  const device = await polledDevice()
  device.pass(MINUTE_MS)
  for (const address of voltages) device.refuses.add(address)
  device.pass(15_000)
  expect(device.values()).toEqual({})
  device.refuses.clear()
  device.pass(2 * MINUTE_MS)
  expect(device.values()).toEqual({ voltageL1: 0, voltageL2: 2, voltageL3: 4, activePower: 12 })
  expect(device.learnt.size).toBe(0)
  expect(device.told).toEqual([
    'refuses voltageL1 voltageL2 voltageL3 activePower',
    'answers voltageL1 voltageL2 voltageL3 activePower',
  ])
})

test('a register that was answered once and stays refused is asked after 1, 2, 4 … minutes, alone', async () => {
  const device = await polledDevice()
  device.pass(MINUTE_MS)
  device.refuses.add(2)
  device.pass(10_000)
  const from = device.seen.length
  device.pass(12 * 3600_000)
  const retries = device.seen.slice(from).filter(({ address, count }) => address <= 2 && 2 < address + count)
  expect(retries.every(({ address, count }) => address === 2 && count === 1)).toBe(true)
  const pauses = retries.slice(1).map(({ atMs }, i) => Math.round((atMs - retries[i]!.atMs) / MINUTE_MS))
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256])
})

test('a register that never answered keeps its daily retry', async () => {
  const device = await polledDevice()
  device.refuses.add(2)
  device.pass(MINUTE_MS)
  const asked = device.asked(2).length
  device.pass(12 * 3600_000)
  expect(device.asked(2)).toHaveLength(asked)
})

test('a register that comes and goes every minute is not bisected every minute', async () => {
  const device = await polledDevice()
  device.pass(MINUTE_MS)
  for (let minute = 0; minute < 240; minute++) {
    if (minute % 2 === 0) device.refuses.add(2)
    else device.refuses.clear()
    device.pass(MINUTE_MS)
  }
  // Whole block, its halves, the register: four refusals each time it is found out; then the retries.
  expect(device.refusals()).toBeLessThan(60)
})

test('a value whose scale register was refused for a moment comes back too', async () => {
  const scaled = { quantity: 'frequency', address: 30, type: 'uint16', unit: 'Hz', scaleRegister: 4000 }
  const device = await polledDevice({ ...map, registers: [...(map.registers as object[]), scaled] })
  device.pass(MINUTE_MS)
  device.refuses.add(4000)
  device.pass(20_000)
  expect(device.values()).not.toHaveProperty('frequency')
  device.refuses.clear()
  device.pass(2 * MINUTE_MS)
  expect(device.told.at(-1)).toBe('answers frequency')
})

test('a device that wants even addresses is asked again at an even one', async () => {
  const odd = [
    { quantity: 'voltageL1', address: 1, type: 'uint16', unit: 'V' },
    { quantity: 'activePower', address: 12, type: 'uint16', unit: 'W' },
  ]
  const device = await polledDevice({ ...map, alignment: 'even', registers: odd })
  device.pass(MINUTE_MS)
  device.refuses.add(1)
  device.pass(20_000)
  device.refuses.clear()
  device.pass(2 * MINUTE_MS)
  expect(device.values()).toEqual({ voltageL1: 1, activePower: 12 })
  expect(device.seen.every(({ address, count }) => address % 2 === 0 && count % 2 === 0)).toBe(true)
})

test('what the device once answered is known after a restart', async () => {
  const device = await polledDevice()
  device.pass(MINUTE_MS)
  device.refuses.add(2)
  device.pass(20_000)
  await device.learnt.saved()
  expect(device.saved).toMatchObject([{ device: 'meter-1', answeredBefore: true, range: { from: 2, to: 2 } }])
})
