import type { SetupViews } from '../http/setup-views.ts'

/** What the web console needs to set up a hall. */
export function openSetup(): SetupViews {
  const later = async () => {
    throw new Error('not yet')
  }
  const refused = async () => ({ ok: false, code: 'HW_LINK_UNKNOWN', message: 'not yet' }) as const
  return {
    inside: async () => undefined,
    settings: {
      read: later,
      rules: () => undefined,
      change: async () => ({ ok: false, kind: 'plain', code: 'HW_SETTINGS_READ_ONLY', message: 'not yet' }),
    },
    profiles: { list: async () => ({ profiles: [], broken: [] }), get: async () => undefined },
    commissioning: {
      scan: refused,
      scanState: () => undefined,
      cancel: () => undefined,
      onScan: () => () => {},
      tryProfile: refused,
      alternatives: refused,
      listen: () => ({ at: 0, since: 0, credentials: false, strangers: [] }),
    },
    about: later,
    backup: async () => ({ ok: false, code: 'HW_BACKUP_FAILED', message: 'not yet' }),
  }
}
