import type { BigScreens } from '../big-screens/big-screens.ts'
import type { DemoStats } from '../demo-runs/demo-run.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** Demonstrations of the experience zone. */
export const demoMetrics: MetricsOf<DemoStats> = {
  demoRunsUnderWay: gauge('demo_runs_under_way', 'Demonstrations under way.'),
  demoRunsDone: counter('demo_runs_done', 'Demonstrations that came to their end.'),
  demoRunsAborted: counter('demo_runs_aborted', 'Demonstrations that were stopped.'),
  demoRunsRefused: counter('demo_runs_refused', 'Demonstrations that could not begin.'),
  demoRecords: gauge('demo_records', 'Records of demonstrations on disk.'),
}

export const bigScreenMetrics: MetricsOf<ReturnType<BigScreens['stats']>> = {
  screensConnected: gauge('big_screens_connected', 'Big screens that are connected.'),
  screensPaired: gauge('big_screens_paired', 'Browsers that are paired as big screens.'),
}
