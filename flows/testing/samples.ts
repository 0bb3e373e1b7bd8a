import type { FlowAlarm, FlowOrder } from '../../gateway/src/flows/flow-messages.ts'

/** A terminal whose cash unit is jammed, as flows are told of it. */
export const jam = (change: Partial<FlowAlarm> = {}): FlowAlarm => ({
  id: 'A20261122-0001',
  device: 'kiosk-01',
  deviceName: '1号自助终端',
  zone: 'self-service',
  kind: 'kiosk',
  code: 'cash.note_jam',
  part: '',
  name: { zh: '钞箱卡钞', en: 'Note jam' },
  priority: 'P1',
  state: 'unacknowledged',
  condition: 'present',
  acknowledged: false,
  quiet: false,
  impact: { zh: '客户用不了现金', en: 'Customers cannot pay cash' },
  firstAction: { zh: '打开上盖取出卡钞', en: 'Open the cover and take the note out' },
  raisedAt: 1_778_565_900_000,
  cause: 'raised',
  at: 1_778_565_900_000,
  ...change,
})

export const repairOrder = (change: Partial<FlowOrder> = {}): FlowOrder => ({
  id: 'W20261122-0001',
  device: 'kiosk-01',
  deviceName: '1号自助终端',
  zone: 'self-service',
  kind: 'kiosk',
  state: 'dispatched',
  stateName: { zh: '已派单', en: 'Dispatched' },
  priority: 'P1',
  text: '卡钞',
  faults: ['cash.note_jam'],
  createdAt: 1_778_565_900_000,
  at: 1_778_565_900_000,
  ...change,
})
