import { expect, test } from 'vitest'
import type { Alarm } from './alarm.ts'
import { createServiceFigures } from './service-figures.ts'

const kiosk = (id: string) => ({ id, name: id, kind: 'kiosk' as const, zone: 'hall', link: id })
const alarm = (device: string, code: string, part: string) =>
  ({ fault: { device, code, part }, condition: 'present' }) as unknown as Alarm

test('a jammed receipt printer takes printing away and leaves paying', () => {
  const figuresOf = createServiceFigures([kiosk('kiosk-01'), kiosk('kiosk-02')])
  expect(figuresOf([])).toMatchObject({ 'unitsTotal.printReceipt': 2, 'unitsAble.printReceipt': 2 })
  const jammed = figuresOf([alarm('kiosk-01', 'prn.paper_jam', 'paperPath.receipt')])
  expect(jammed).toMatchObject({ 'unitsAble.printReceipt': 1, 'unitsTotal.printReceipt': 2, 'unitsAble.payQr': 2 })
})

test('a silent unit is promised to nobody, and a function nobody offers is not told', () => {
  const figuresOf = createServiceFigures([kiosk('kiosk-01')])
  const figures = figuresOf([alarm('kiosk-01', 'agent.lost', '')])
  expect(figures).toMatchObject({ 'unitsAble.payCash': 0, 'unitsAble.payQr': 0 })
  expect(Object.keys(figures)).not.toContain('unitsTotal.takeNumber')
})
