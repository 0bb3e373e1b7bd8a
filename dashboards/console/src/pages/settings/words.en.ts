import type { EnglishOf } from '../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  settings: 'Settings',
  site: 'Site',
  devices: 'Devices',
  profiles: 'Profiles',
  rules: 'Rules',
  channels: 'Channels',
  duty: 'Duty',
  facts: 'Prices and emissions',
  users: 'Users',
  audit: 'Audit',
  backup: 'Backup',
  about: 'About',
  addDevice: 'Add a device',
}
