import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runFlow, shipped } from './testing/headless.ts'
import { jam, repairOrder } from './testing/samples.ts'

test('at the end of the shift its alarms and open orders become one page, published and kept as a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-shift-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const flow = await runFlow(shipped('shift-report'), {
    folder,
    answer: ({ what }) => ({
      ok: true,
      value:
        what === 'alarms'
          ? [
              jam(),
              jam({ cause: 'cleared' }),
              jam({ id: 'A20261122-0002', priority: 'P3', name: { zh: '缺纸', en: 'No paper' } }),
            ]
          : [repairOrder(), repairOrder({ id: 'W20261122-0002', state: 'closed' })],
    }),
  })
  const latest = flow.at('shift-tell')
  flow.put('shift-time', {})
  const { topic, payload } = await latest.next()
  expect(topic).toBe('hallwatt/donghu/flow/shift-report/latest')
  expect(payload).toMatchObject({ alarms: 2, orders: 2, open: 1 })
  expect(payload.text).toContain('告警 2 条（P1 1，P2 0，P3 1，P4 0）。工单 2 张，未关闭 1 张。')
  expect(payload.text).toContain('- W20261122-0001 P1 1号自助终端：卡钞（已派单）')
  const [alarms, orders] = flow.asks
  expect(alarms).toMatchObject({ what: 'alarms', from: payload.from, to: payload.to })
  expect(orders).toMatchObject({ what: 'orders', from: payload.from, to: payload.to })
  expect(payload.to - payload.from).toBe(10 * 3600_000)

  let [file] = await readdir(join(folder, 'shift-reports')).catch(() => [])
  while (!file) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    file = (await readdir(join(folder, 'shift-reports')).catch(() => []))[0]
  }
  let text = ''
  while (text !== payload.text) text = await readFile(join(folder, 'shift-reports', file), 'utf8')
  expect(file).toMatch(/^\d{4}-\d\d-\d\d\.md$/)
})
