import type { DemoRuns } from '../demo-runs/demo-run.ts'
import type { BigScreenViews } from './views.ts'

const refusal = { ok: false, code: 'HW_DEMO_UNKNOWN', message: 'no demonstrations here' } as const

/** A hall that plays no demonstrations. */
export const NO_DEMOS: DemoRuns = {
  view: () => ({ at: 0, scenarios: [], playlists: [], circuits: [], interlocks: [], runs: [] }),
  run: () => undefined,
  runs: () => [],
  prepare: () => refusal,
  act: () => refusal,
  guess: () => refusal,
  setInput: () => refusal,
  beat: () => false,
  allOff: async () => ({ ms: 0, devices: [], off: true }),
  attract: () => ({ panels: [], sentence: null }),
  records: async () => [],
  record: async () => undefined,
  remark: async () => refusal,
  onChange: () => () => {},
  stats: () => ({
    ...{ demoRunsUnderWay: 0, demoRunsDone: 0, demoRunsAborted: 0, demoRunsRefused: 0, demoRecords: 0 },
  }),
}

/** A hall without big screens. */
export const NO_SCREENS: BigScreenViews = {
  list: () => [],
  isKnown: () => false,
  offer: () => ({ secret: '', code: '000000', until: 0 }),
  pair: async () => refusal,
  isPaired: () => false,
  setDark: () => {},
  follow: () => () => {},
}
