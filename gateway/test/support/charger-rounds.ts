import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ChargePoint, startChargePoint } from '../../../simulators/ocpp/charge-point.ts'
import type { ChargerState } from '../../../simulators/physics/charger.ts'
import { hashRandomPassword } from '../../src/ports/password.ts'
import { freePorts } from '../servers/server-process.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { makeHallFolder } from './hall-folder.ts'

export interface ChargerFigures {
  readonly chargers: number
  readonly rounds: number
  /** Transactions whose number a charger was told. */
  readonly begun: number
  /** Of those, ends that were answered. */
  readonly ended: number
  /** Told to a charger and not in the store, or an end that is not. */
  readonly lost: number
  /** The same start stored twice, or one number told to two starts. */
  readonly doubled: number
  /** `kill -9` until the last charger has booted again and its queue is empty, the start of the process included. */
  readonly backMs: readonly number[]
  /** The same from the moment the gateway runs. */
  readonly backAfterReadyMs: readonly number[]
}

const TICK_MS = 100

/**
 * Chargers whose cars come and go all the time, each coming and going a transaction, while the gateway is killed with SIGKILL at
 * a random moment and started again. What was not answered is sent again, as the standard asks.
 * @param password  with it they connect under security profile 1
 */
export async function chargerRounds(
  chargers: number,
  rounds: number,
  random: () => number,
  password = false,
): Promise<ChargerFigures> {
  const [port = 0] = await freePorts(1)
  const names = Array.from({ length: chargers }, (_, i) => `CP-${String(i + 1).padStart(3, '0')}`)
  const hall = await makeHallFolder({
    devices: names.map((name) => ({
      ...{ id: name.toLowerCase(), name, profile: 'ocpp/charge-point-16', zone: 'lobby' },
      chargePoint: name,
    })),
    more: { ocpp: { port, ...(password && { securityProfile: 1, credentialsFile: 'charge-points' }) } },
  })
  // One key for all, so that it is hashed once here; the gateway checks every login by itself.
  const key = password ? randomBytes(16).toString('hex') : undefined
  if (key !== undefined) {
    const hash = await hashRandomPassword(key)
    await writeFile(join(hall.folder, 'charge-points'), names.map((name) => `${name}:${hash}\n`).join(''))
  }
  let gateway = await startGatewayProcess(hall)
  const cars = names.map((name) => ({ ...charging(port, name, key), leavesAt: performance.now() }))
  let driving = true
  const timer = setInterval(() => {
    for (const car of cars) {
      const now = performance.now()
      if (driving && now >= car.leavesAt) {
        car.state.state = car.state.state === 'C' ? 'A' : 'C'
        car.leavesAt = now + 1000 + 4000 * random()
      }
      if (car.state.state === 'C') car.state.totalWh += 1 + Math.round(10 * random())
      car.point.tick()
    }
  }, TICK_MS)
  const until = async (holds: (point: ChargePoint) => boolean) => {
    while (!cars.every(({ point }) => holds(point))) await pause(20)
  }
  const backMs: number[] = []
  const backAfterReadyMs: number[] = []
  try {
    await until((point) => point.isUp())
    for (let round = 1; round <= rounds; round++) {
      await pause(500 + 2000 * random())
      await gateway.kill()
      const killedMs = performance.now()
      gateway = await startGatewayProcess(hall)
      const readyMs = performance.now()
      await until((point) => point.isUp())
      backMs.push(Math.round(performance.now() - killedMs))
      backAfterReadyMs.push(Math.round(performance.now() - readyMs))
    }
    driving = false
    for (const { state } of cars) state.state = 'A'
    await pause(3 * TICK_MS)
    await until((point) => point.queued() === 0)
    clearInterval(timer)
    await gateway.stop()
    return { chargers, rounds, backMs, backAfterReadyMs, ...compare(join(hall.folder, 'store', 'store.sqlite'), cars) }
  } finally {
    clearInterval(timer)
    for (const { point } of cars) point.close()
    await gateway.stop()
    await hall.remove()
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function charging(port: number, identity: string, password: string | undefined) {
  const state: ChargerState = {
    ...{
      state: 'A',
      tripped: false,
      powerW: 6900,
      currentA: 31,
      limitA: 32,
      sessionWh: 0,
      totalWh: 1_000_000,
      carSoc: 0.5,
    },
    parts: { chargerGround: 'ok', chargerHeat: 'ok', connectorLock: 'ok', vehicleLink: 'ok' },
  }
  const point = startChargePoint({
    ...{ url: `ws://127.0.0.1:${port}/ocpp`, identity, password, charger: state, maxA: 32, phases: 1 },
    ...{ voltage: () => 220, trouble: {}, clockMs: () => Date.now(), reconnectMs: 1000, sampleMs: 5000 },
  })
  return { point, state }
}

interface Row {
  readonly id: number
  readonly charge_point: string
  readonly meter_start_wh: number
  readonly stopped_at: number | null
}

/** What the chargers were told against what is in the store. */
function compare(file: string, cars: readonly { readonly point: ChargePoint }[]) {
  const store = new DatabaseSync(file, { readOnly: true })
  const rows = store.prepare('SELECT * FROM ocpp_transaction').all() as unknown as Row[]
  store.close()
  const byId = new Map(rows.map((row) => [row.id, row]))
  let begun = 0
  let ended = 0
  let lost = 0
  const told: number[] = []
  for (const { point } of cars)
    for (const { id, meterStart, stopped } of point.transactions()) {
      begun++
      if (stopped) ended++
      told.push(id)
      const row = byId.get(id)
      const isThere = row?.charge_point === point.identity && row.meter_start_wh === meterStart
      if (!isThere || (stopped && row.stopped_at === null)) lost++
    }
  const starts = rows.map((row) => `${row.charge_point} ${row.meter_start_wh}`)
  // The register only grows, so a start is known by it.
  const doubled = starts.length - new Set(starts).size + told.length - new Set(told).size
  return { begun, ended, lost, doubled }
}
