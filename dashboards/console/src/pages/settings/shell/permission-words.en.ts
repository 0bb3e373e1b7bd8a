import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './permission-words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  'read-hall': 'See everything in the hall',
  'handle-alarm': 'Acknowledge and shelve alarms',
  'work-on-order': 'Work on orders',
  'dispatch-order': 'Give orders to people',
  'give-feedback': 'Enter customer feedback',
  'override-close': 'Close orders without proof',
  'report-fault': 'Report faults',
  'plan-maintenance': 'Plan maintenance',
  'command-device': 'Switch demo appliances',
  'run-demos': 'Run demonstrations, see their records, pair big screens',
  'adjust-device': 'Adjust, restart and test devices',
  'see-notices': 'See channels and undelivered messages',
  'see-audit': 'See the audit log',
  'manage-users': 'Manage users',
  'read-settings': 'See the settings',
  'see-inside': 'See raw registers and messages of devices',
  commission: 'Scan buses and try new devices',
  'change-devices': 'Add, change and remove devices and links',
  'change-site': 'Change site, people, channels and rules',
  'back-up': 'Take a backup',
  'edit-flows': 'Edit flows (Node-RED)',
}
