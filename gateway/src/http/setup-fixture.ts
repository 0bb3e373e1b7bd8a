import type { SetupViews } from './setup-views.ts'

const refused = { ok: false, code: 'HW_LINK_UNKNOWN', message: 'the hall of this test has no link' } as const

/** A gateway that nobody can set up: for tests of everything else. */
export const NO_SETUP: SetupViews = {
  inside: async () => undefined,
  facts: async () => {
    throw new Error('this test has no facts')
  },
  traffic: {
    look: () => undefined,
    record: async () => refused,
    stop: () => {},
    recordings: async () => [],
    pathOf: async () => undefined,
  },
  settings: {
    read: async () => {
      throw new Error('this test has no settings')
    },
    rules: () => undefined,
    change: async () => ({ ...refused, kind: 'plain', code: 'HW_SETTINGS_READ_ONLY' }),
  },
  profiles: { list: async () => ({ profiles: [], broken: [] }), get: async () => undefined },
  commissioning: {
    scan: async () => refused,
    scanState: () => undefined,
    cancel: () => undefined,
    onScan: () => () => {},
    tryProfile: async () => refused,
    alternatives: async () => refused,
    listen: () => ({ at: 0, since: 0, credentials: false, strangers: [] }),
  },
  about: async () => {
    throw new Error('this test has nothing to tell')
  },
  backup: async () => ({ ok: false, code: 'HW_BACKUP_FAILED', message: 'this test has no store' }),
}
