import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  found: '{n} of {total} devices',
  search: 'Name, id or model',
  kind: 'Kind',
  state: 'State',
  name: 'Device',
  values: 'Readings',
  lastData: 'Last data',
  profile: 'Profile',
  firmware: 'Firmware',
  behind: 'behind',
  certificate: 'Certificate',
  days: '{n} d',
  expired: 'expired',
  work: 'Order',
  caption: 'Devices of {zone}, worst first',
  never: 'never',
  page: 'Page {n} of {of}',
  before: 'Previous page',
  after: 'Next page',
  noFirmware: '—',
}
