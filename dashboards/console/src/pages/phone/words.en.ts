import type { EnglishOf } from '../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  orders: 'Orders',
  order: 'Order',
  alarms: 'Alarms',
  devices: 'Devices',
  device: 'Device',
  scan: 'Scan',
  me: 'Me',
}
