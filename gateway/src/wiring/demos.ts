import type { Commands } from '../commands/command.ts'
import type { DemoRuns } from '../demo-runs/demo-run.ts'

const refusal = { ok: false, code: 'HW_DEMO_UNKNOWN', message: 'no demonstrations here' } as const

export const openDemos = (commands: Pick<Commands, 'allOff'>): DemoRuns => ({
  view: () => ({ at: 0, scenarios: [], playlists: [], circuits: [], interlocks: [], runs: [] }),
  run: () => undefined,
  runs: () => [],
  prepare: () => refusal,
  act: () => refusal,
  guess: () => refusal,
  setInput: () => refusal,
  beat: () => false,
  allOff: (who) => commands.allOff(who),
  attract: () => ({ panels: [], sentence: null }),
  records: async () => [],
  record: async () => undefined,
  remark: async () => refusal,
  onChange: () => () => {},
  stats: () => ({
    ...{ demoRunsUnderWay: 0, demoRunsDone: 0, demoRunsAborted: 0, demoRunsRefused: 0, demoRecords: 0 },
  }),
})
