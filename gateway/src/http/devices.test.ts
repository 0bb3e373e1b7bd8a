import { expect, test } from 'vitest'
import { httpHall } from './http-fixture.ts'

test('the list says of each device what it is, whether it is there and what it measures', async () => {
  const hall = await httpHall()
  const answer = await hall.get('/api/v1/devices')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    total: 1,
    devices: [
      {
        id: 'meter-1',
        name: '总表',
        kindName: { zh: '电表', en: 'Electricity meter' },
        presence: 'online',
        quality: 'good',
        headline: [{ quantity: 'activePower', zh: '有功功率', value: 1234.5, unit: 'W', quality: 'good' }, {}],
      },
    ],
  })
})

test('a device nobody has heard of yet has no values, no age and no zero', async () => {
  const hall = await httpHall()
  hall.add({ id: 'meter-2' })
  const device = (await (await hall.get('/api/v1/devices/meter-2')).json()) as object
  expect(device).toMatchObject({ presence: 'unknown', lastFrameAt: null, quality: null, readings: [], plan: null })
})

test('a register the device refuses shows as no value with the reason', async () => {
  const hall = await httpHall()
  const at = Date.now()
  hall.readings.accept({ device: 'meter-1', stream: 'reading', at, values: {}, bad: { frequency: 'exception' } }, at)
  const device = (await (await hall.get('/api/v1/devices/meter-1')).json()) as { readings: { quantity: string }[] }
  expect(device.readings.find(({ quantity }) => quantity === 'frequency')).toMatchObject({
    value: null,
    at: null,
    ageS: null,
    quality: 'bad',
    reason: 'exception',
  })
})

test('one device tells its profile level, its connection and its read plan', async () => {
  const hall = await httpHall()
  expect(await (await hall.get('/api/v1/devices/meter-1')).json()).toMatchObject({
    level: 'draft',
    connection: { via: 'modbus', link: 'bus-1', unitId: 3 },
    plan: { requests: 1, registers: 60, cycleMs: 143, reads: [{ table: 'input', address: 0, count: 60 }] },
    readings: [{ quantity: 'activePower', periodMs: 1000 }, { quantity: 'voltageL1' }],
  })
})

test('filters by kind, zone, presence and text can be combined', async () => {
  const hall = await httpHall()
  hall.add(
    { id: 'kiosk-01', name: '1号缴费机', kind: 'kiosk', zone: 'self-service' },
    { id: 'kiosk-02', name: '2号缴费机', kind: 'kiosk', zone: 'self-service' },
    { id: 'printer-01', name: '发票机', kind: 'printer', zone: 'self-service' },
  )
  hall.read('kiosk-02', { activePower: 80 })
  const ids = async (question: string) => {
    const { devices } = (await (await hall.get(`/api/v1/devices?${question}`)).json()) as { devices: { id: string }[] }
    return devices.map(({ id }) => id)
  }
  expect(await ids('kind=kiosk,printer')).toEqual(['kiosk-01', 'kiosk-02', 'printer-01'])
  expect(await ids('kind=kiosk&kind=meter&zone=self-service&presence=unknown')).toEqual(['kiosk-01'])
  expect(await ids(`q=${encodeURIComponent('2号')}`)).toEqual(['kiosk-02'])
  expect(await ids('q=SDM630&zone=power')).toEqual(['meter-1'])
})

test('readings come as CSV that a spreadsheet cannot be made to run', async () => {
  const hall = await httpHall()
  hall.add({ id: 'kiosk-01', kind: 'kiosk' })
  hall.read('kiosk-01', { configVersion: '=HYPERLINK("http://x"),1' })
  const answer = await hall.get('/api/v1/readings', { headers: { accept: 'text/csv' } })
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const lines = (await answer.text()).split('\r\n')
  expect(lines[0]).toBe('device,quantity,value,unit,at,quality,reason')
  expect(lines[1]).toMatch(/^meter-1,activePower,1234\.5,W,\d{4}-\d\d-\d\dT[\d:.]+Z,good,$/)
  expect(lines[3]).toMatch(/^kiosk-01,configVersion,"'=HYPERLINK\(""http:\/\/x""\),1",,/)
})

test('readings can be narrowed to quantities', async () => {
  const hall = await httpHall()
  const { readings } = (await (await hall.get('/api/v1/readings?quantity=voltageL1')).json()) as { readings: object[] }
  expect(readings).toMatchObject([{ device: 'meter-1', quantity: 'voltageL1', value: 231.5, unit: 'V' }])
})

test('history is asked with the span in milliseconds, whichever way it was written', async () => {
  const hall = await httpHall()
  const question = 'device=meter-1&quantity=activePower,voltageL1&from=2026-05-12T14:05:00%2B08:00&to=1778566200000'
  const answer = await hall.get(`/api/v1/history?${question}`)
  expect(await answer.json()).toMatchObject({
    device: 'meter-1',
    from: 1_778_565_900_000,
    resolution: 'raw',
    series: [
      {
        quantity: 'activePower',
        points: [
          [1_778_565_900_000, 1200],
          [1_778_565_960_000, { avg: 1202.5 }],
        ],
      },
      {},
    ],
  })
  expect(hall.asked[0]).toEqual({
    device: 'meter-1',
    quantities: ['activePower', 'voltageL1'],
    from: 1_778_565_900_000,
    to: 1_778_566_200_000,
    resolution: 'auto',
    maxPoints: 2000,
  })
})

test('history without a span is the last hour', async () => {
  const hall = await httpHall()
  await hall.get('/api/v1/history?device=meter-1&quantity=activePower')
  expect(hall.asked[0]!.to - hall.asked[0]!.from).toBe(3_600_000)
})

test('two hundred devices with twenty readings each are listed within two seconds', async () => {
  const hall = await httpHall()
  hall.add(...Array.from({ length: 200 }, (_, i) => ({ id: `meter-${i + 2}` })))
  const values = Object.fromEntries(
    ['L1', 'L2', 'L3'].flatMap((phase) =>
      ['voltage', 'current', 'activePower', 'reactivePower', 'apparentPower', 'powerFactor', 'phaseAngle'].map((q) => [
        q + phase,
        1.5,
      ]),
    ),
  )
  for (let i = 2; i <= 201; i++) hall.read(`meter-${i}`, values)
  const before = performance.now()
  const { readings } = (await (await hall.get('/api/v1/readings')).json()) as { readings: object[] }
  expect(readings).toHaveLength(200 * 21 + 2)
  expect(((await (await hall.get('/api/v1/devices')).json()) as { devices: object[] }).devices).toHaveLength(201)
  expect(performance.now() - before).toBeLessThan(2000)
})
