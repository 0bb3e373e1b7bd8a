/** Who somebody is in the hall. One person may have several. */
export const ROLES = {
  viewer: { zh: '查看', en: 'Viewer' },
  guide: { zh: '引导员', en: 'Guide' },
  technician: { zh: '运维', en: 'Technician' },
  lead: { zh: '班长', en: 'Lead' },
  operations: { zh: '运营', en: 'Operations' },
  admin: { zh: '管理员', en: 'Administrator' },
} as const satisfies Record<string, { zh: string; en: string }>

export type Role = keyof typeof ROLES

export const roles = Object.keys(ROLES) as readonly Role[]

const MANAGERS = ['lead', 'operations', 'admin'] as const
const REPAIRERS = ['technician', ...MANAGERS] as const

/** What a role allows, one line per thing a person may do. Reading is for every role. */
export const PERMISSIONS = {
  'read-hall': roles,
  'handle-alarm': REPAIRERS,
  'work-on-order': REPAIRERS,
  'dispatch-order': MANAGERS,
  'give-feedback': ['guide', ...MANAGERS],
  'override-close': MANAGERS,
  'report-fault': ['guide', ...REPAIRERS],
  'plan-maintenance': MANAGERS,
  /** Switch appliances of the experience zone: what a guide needs for a demonstration. */
  'command-device': ['guide', ...REPAIRERS],
  /** Demonstrations, their records, and the big screens. */
  'run-demos': ['guide', ...MANAGERS],
  /** What changes how a device works for customers: current limits, restarts, self-tests. */
  'adjust-device': REPAIRERS,
  'see-notices': MANAGERS,
  'see-audit': ['admin'],
  'manage-users': ['admin'],
  'edit-flows': ['admin'],
  'read-settings': REPAIRERS,
  /** Raw registers and messages of a device. */
  'see-inside': REPAIRERS,
  /** Ask devices on a line that is not in the hall yet. */
  commission: REPAIRERS,
  /** Devices and links of hall.yaml. */
  'change-devices': REPAIRERS,
  /** Everything else in hall.yaml: site, people, channels, rules. */
  'change-site': ['admin'],
  'back-up': ['admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof PERMISSIONS

export const allows = (held: readonly Role[], permission: Permission): boolean =>
  (PERMISSIONS[permission] as readonly Role[]).some((role) => held.includes(role))
