import type { BoardSpec } from './board.ts'
import { chargersBoard } from './boards/chargers.ts'
import { deviceBoard } from './boards/device.ts'
import { energyBoard } from './boards/energy.ts'
import { experienceBoard } from './boards/experience.ts'
import { gatewayBoard } from './boards/gateway.ts'
import { hallBoard } from './boards/hall.ts'
import { kiosksBoard } from './boards/kiosks.ts'
import { repairBoard } from './boards/repair.ts'

/** Every board, in the order in which people ask. */
export const BOARDS: readonly BoardSpec[] = [
  hallBoard,
  kiosksBoard,
  repairBoard,
  energyBoard,
  chargersBoard,
  experienceBoard,
  gatewayBoard,
  deviceBoard,
]
