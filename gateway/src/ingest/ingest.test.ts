import { describe, expect, test } from 'vitest'
import { device, ingestForTest, message } from './ingest-fixture.ts'

const kioskState = (id: string) => `hallwatt/demo/${id}/state`
const T = 1_767_225_600_000

describe('messages become frames', () => {
  test('a terminal of our contract gives a frame with its own time', async () => {
    const { ingest, frames } = ingestForTest()
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    await ingest.receive(
      message('kiosk-01', kioskState('kiosk-01'), { t: T - 1000, app: 'ok', 'paper.receipt': 'low' }),
    )
    expect(frames).toEqual([
      { device: 'kiosk-01', stream: 'reading', at: T - 1000, values: { app: 'ok', 'paper.receipt': 'low' } },
    ])
  })

  test('three makes that say "receipt paper jam" in their own way give the same point', async () => {
    const { ingest, frames } = ingestForTest()
    ingest.setDevices([
      device('a', 'hallwatt/kiosk'),
      device('b', 'donghe/zt200', { parameters: { terminal: 'T07' } }),
      device('c', 'lanxin/sst-7', { parameters: { number: '12' } }),
    ])
    await ingest.receive(message('a', 'hallwatt/demo/a/event', { t: T, 'paperPath.receipt': 'jam' }))
    await ingest.receive(message('b', 'zt200/T07/zt', { sj: T / 1000, zt: [8, 0, 0, 0, 0, 0, 0, 0] }))
    await ingest.receive(message('c', 'sst7/12/p1/state', 'J'))
    expect(frames.map((frame) => frame.values['paperPath.receipt'])).toEqual(['jam', 'jam', 'jam'])
  })

  test('a notification with one value gives a frame with that value only', async () => {
    const { ingest, frames } = ingestForTest()
    ingest.setDevices([device('plug-1', 'shelly/plug-gen2', { parameters: { prefix: 'shelly-1' } })])
    const params = { ts: T / 1000, 'switch:0': { id: 0, apower: 61.5 } }
    await ingest.receive(message('plug-1', 'shelly-1/events/rpc', { method: 'NotifyStatus', params }))
    expect(frames).toEqual([{ device: 'plug-1', stream: 'reading', at: T, values: { activePower: 61.5 } }])
  })

  test('receive resolves only when the frame is durable, so PUBACK waits for the disk', async () => {
    let onDisk = () => {}
    const { ingest } = ingestForTest(() => new Promise<void>((resolve) => (onDisk = resolve)))
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    let acknowledged = false
    const done = ingest.receive(message('kiosk-01', kioskState('kiosk-01'), { t: T, app: 'ok' })).then(() => {
      acknowledged = true
    })
    await new Promise(setImmediate)
    expect(acknowledged).toBe(false)
    onDisk()
    await done
    expect(acknowledged).toBe(true)
  })

  test('a frame that cannot be stored is not acknowledged, and said once', async () => {
    let full = true
    const t = ingestForTest(async () => {
      if (full) throw Object.assign(new Error('full'), { code: 'HW_STORE_FULL' })
    })
    t.ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    const send = () => t.ingest.receive(message('kiosk-01', kioskState('kiosk-01'), { t: T, app: 'ok' }))
    await expect(send()).rejects.toThrow('full')
    await expect(send()).rejects.toThrow('full')
    full = false
    await send()
    expect(t.codes()).toEqual(['HW_INGEST_NOT_STORED', undefined])
    expect(t.ingest.stats().notStored).toBe(2)
  })

  test('a Zigbee2MQTT bridge publishes for many plugs under its own user', async () => {
    const { ingest, frames } = ingestForTest()
    ingest.setDevices([
      device('lamp', 'zigbee2mqtt/plug', {
        user: 'zigbee-bridge',
        parameters: { base: 'zigbee2mqtt', name: 'hall/lamp' },
      }),
      device('tv', 'zigbee2mqtt/plug', { user: 'zigbee-bridge', parameters: { base: 'zigbee2mqtt', name: 'tv' } }),
    ])
    await ingest.receive(message('zigbee-bridge', 'zigbee2mqtt/hall/lamp', { power: 9 }, { qos: 0 }))
    await ingest.receive(message('zigbee-bridge', 'zigbee2mqtt/tv', { power: 80 }, { qos: 0 }))
    expect(frames.map((frame) => [frame.device, frame.values.activePower])).toEqual([
      ['lamp', 9],
      ['tv', 80],
    ])
  })
})

describe('presence', () => {
  test('the Will of a device makes it offline, its return online', async () => {
    const { ingest, presences, frames } = ingestForTest()
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    const topic = 'hallwatt/demo/kiosk-01/online'
    await ingest.receive(message('kiosk-01', topic, 'false', { will: true, retain: true }))
    await ingest.receive(message('kiosk-01', topic, 'true', { retain: true }))
    expect(presences).toEqual([
      ['kiosk-01', 'offline', T, 'link-down'],
      ['kiosk-01', 'online', T, undefined],
    ])
    expect(frames).toEqual([])
  })

  test('a bridge that is gone makes every plug behind it unknown, and none of them online when it returns', async () => {
    const { ingest, presences } = ingestForTest()
    const behind = (id: string) =>
      device(id, 'zigbee2mqtt/plug', { user: 'bridge', parameters: { base: 'zigbee2mqtt', name: id } })
    ingest.setDevices([behind('lamp'), behind('tv')])
    await ingest.receive(message('bridge', 'zigbee2mqtt/bridge/state', { state: 'offline' }, { will: true }))
    await ingest.receive(message('bridge', 'zigbee2mqtt/bridge/state', { state: 'online' }))
    expect(presences.map(([id, presence]) => [id, presence])).toEqual([
      ['lamp', 'unknown'],
      ['tv', 'unknown'],
    ])
  })

  test('clearing a retained message says nothing about the device', async () => {
    const { ingest, presences, lines } = ingestForTest()
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    await ingest.receive(message('kiosk-01', 'hallwatt/demo/kiosk-01/online', '', { retain: true }))
    expect(presences).toEqual([])
    expect(lines).toEqual([])
    expect(ingest.stats().clearedMessages).toBe(1)
  })
})

describe('delivered again', () => {
  test('a redelivered message with its own stamp is the same frame', async () => {
    const { ingest, frames, pass } = ingestForTest()
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    const say = { t: T, door: 'open' }
    await ingest.receive(message('kiosk-01', kioskState('kiosk-01'), say))
    pass(60_000)
    await ingest.receive(message('kiosk-01', kioskState('kiosk-01'), say, { dup: true }))
    expect(frames[1]).toEqual(frames[0])
  })

  test('a redelivered message without a stamp keeps the time of its first receipt', async () => {
    const { ingest, frames, pass } = ingestForTest()
    ingest.setDevices([device('c', 'lanxin/sst-7', { parameters: { number: '12' } })])
    await ingest.receive(message('c', 'sst7/12/p1/paper', 'L'))
    pass(5000)
    await ingest.receive(message('c', 'sst7/12/p1/paper', 'L', { dup: true }))
    pass(5000)
    await ingest.receive(message('c', 'sst7/12/p1/paper', 'L'))
    expect(frames.map(({ at }) => at)).toEqual([T, T, T + 10_000])
    expect(ingest.stats().duplicates).toBe(1)
  })

  test('a retained state replayed after a reconnect keeps its old time', async () => {
    const { ingest, frames } = ingestForTest()
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk')])
    await ingest.receive(message('kiosk-01', kioskState('kiosk-01'), { t: T - 3_600_000, app: 'ok' }, { retain: true }))
    expect(frames[0]?.at).toBe(T - 3_600_000)
  })
})

describe('a change of the hall', () => {
  test('a device that did not change keeps what is remembered of it', async () => {
    const { ingest, frames, pass } = ingestForTest()
    const unchanged = () => device('c', 'lanxin/sst-7', { parameters: { number: '12' } })
    ingest.setDevices([unchanged()])
    await ingest.receive(message('c', 'sst7/12/p1/paper', 'L'))
    ingest.setDevices([unchanged(), device('kiosk-01', 'hallwatt/kiosk')])
    pass(1000)
    await ingest.receive(message('c', 'sst7/12/p1/paper', 'L', { dup: true }))
    expect(frames.map(({ at }) => at)).toEqual([T, T])
  })

  test('a device that moved to another topic is heard there and no longer on the old one', async () => {
    const { ingest, frames } = ingestForTest()
    ingest.setDevices([device('c', 'lanxin/sst-7', { parameters: { number: '12' } })])
    ingest.setDevices([device('c', 'lanxin/sst-7', { parameters: { number: '13' } })])
    await ingest.receive(message('c', 'sst7/12/p1/paper', 'L'))
    await ingest.receive(message('c', 'sst7/13/p1/paper', 'E'))
    expect(frames.map(({ values }) => values)).toEqual([{ 'paper.receipt': 'out' }])
    expect(ingest.stats().unknownTopic).toBe(1)
  })

  test('a device whose topic values would take in other devices is left out, and the others work', async () => {
    const { ingest, frames, codes } = ingestForTest()
    const broken = device('c', 'lanxin/sst-7', { parameters: { number: '+' } })
    ingest.setDevices([broken, device('kiosk-01', 'hallwatt/kiosk')])
    ingest.setDevices([broken, device('kiosk-01', 'hallwatt/kiosk')])
    await ingest.receive(message('kiosk-01', kioskState('kiosk-01'), { t: T, app: 'ok' }))
    expect(frames).toHaveLength(1)
    expect(codes()).toEqual(['HW_INGEST_PROFILE'])
    expect(ingest.stats()).toMatchObject({ devices: 1, profileErrors: 1 })
  })
})

describe('grants', () => {
  test('a device may publish what its profile reads, and nothing of its neighbour', () => {
    const { ingest } = ingestForTest()
    ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk'), device('kiosk-02', 'hallwatt/kiosk')])
    expect(ingest.grants()[0]).toEqual({
      user: 'kiosk-01',
      publish: [
        'hallwatt/demo/kiosk-01/state',
        'hallwatt/demo/kiosk-01/event',
        'hallwatt/demo/kiosk-01/online',
        'hallwatt/demo/kiosk-01/command/+/result',
      ],
      subscribe: ['hallwatt/demo/kiosk-01/command/+'],
    })
  })

  test('a bridge has one grant for all devices it speaks for', () => {
    const { ingest } = ingestForTest()
    const behind = (id: string) =>
      device(id, 'zigbee2mqtt/plug', { user: 'bridge', parameters: { base: 'zigbee2mqtt', name: id } })
    ingest.setDevices([behind('lamp'), behind('tv')])
    expect(ingest.grants()).toHaveLength(1)
    expect(ingest.grants()[0]?.publish).toContain('zigbee2mqtt/tv')
    expect(ingest.grants()[0]?.subscribe).toEqual(['zigbee2mqtt/#'])
  })
})
