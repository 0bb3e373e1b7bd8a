import type { Expectations } from '../situation.ts'
import { chargersExpected } from './chargers.ts'
import { deviceExpected } from './device.ts'
import { energyExpected } from './energy.ts'
import { experienceExpected } from './experience.ts'
import { gatewayExpected } from './gateway.ts'
import { hallExpected } from './hall.ts'
import { kiosksExpected } from './kiosks.ts'
import { repairExpected } from './repair.ts'

/** What each query of each panel must answer, worked out from the gateway's own store: board/panel/query → rows. */
export const EXPECTED: Expectations = {
  ...hallExpected,
  ...kiosksExpected,
  ...repairExpected,
  ...energyExpected,
  ...chargersExpected,
  ...experienceExpected,
  ...gatewayExpected,
  ...deviceExpected,
}
