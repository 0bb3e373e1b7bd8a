import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { startChargePoint } from '../../simulators/ocpp/charge-point.ts'
import type { ChargerState } from '../../simulators/physics/charger.ts'
import { freePorts } from './servers/server-process.ts'
import { hallwatt, startGatewayProcess } from './support/gateway-process.ts'
import { makeHallFolder } from './support/hall-folder.ts'

/** A charger with a car at it that charges. */
const charging = (): ChargerState => ({
  ...{ state: 'C', tripped: false, powerW: 6900, currentA: 31, limitA: 32, sessionWh: 0, totalWh: 5000, carSoc: 0.5 },
  parts: { chargerGround: 'ok', chargerHeat: 'ok', connectorLock: 'ok', vehicleLink: 'ok' },
})

test('with TLS and passwords a charger is let in by its own password alone, and lets no other gateway be its own', {
  timeout: 90_000,
}, async () => {
  const [port = 0] = await freePorts(1)
  const charger = (id: string) => ({
    ...{ id: id.toLowerCase(), name: id, profile: 'ocpp/charge-point-16', zone: 'lobby', chargePoint: id },
  })
  const hall = await makeHallFolder({
    devices: ['CP-1', 'CP-2', 'CP-3'].map(charger),
    more: {
      ocpp: {
        ...{ port, securityProfile: 2, credentialsFile: 'charge-points' },
        tls: { certificateFile: 'server.pem', keyFile: 'server.key' },
      },
    },
  })
  onTestFinished(() => hall.remove())
  const run = promisify(execFile)
  const certificate = async (name: string) => {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`]
    const names = ['-subj', '/CN=hall', '-addext', 'subjectAltName=IP:127.0.0.1']
    await run('openssl', ['req', '-x509', ...key, '-out', `${name}.pem`, '-days', '2', ...names], { cwd: hall.folder })
    return readFile(join(hall.folder, `${name}.pem`), 'utf8')
  }
  const ca = await certificate('server')
  const stranger = await certificate('stranger')
  const passwordOf = async (id: string) => {
    const { output } = await hallwatt('mqtt', 'password', id, '--file', join(hall.folder, 'charge-points'))
    return output.trim()
  }
  const passwords = { 'CP-1': await passwordOf('CP-1'), 'CP-2': await passwordOf('CP-2') }
  await passwordOf('CP-3')
  const gateway = await startGatewayProcess(hall)
  onTestFinished(() => gateway.stop())
  const url = `wss://127.0.0.1:${port}/ocpp`
  function connect(identity: string, password: string, trusted: string) {
    const point = startChargePoint({
      ...{ url, identity, password, ca: trusted, charger: charging(), maxA: 32, phases: 1, trouble: {} },
      ...{ voltage: () => 220, clockMs: () => Date.now(), reconnectMs: 200, sampleMs: 1000 },
    })
    const timer = setInterval(() => point.tick(), 50)
    onTestFinished(() => {
      clearInterval(timer)
      point.close()
    })
    return point
  }
  const right = connect('CP-1', passwords['CP-1'], ca)
  // The password of another charger, and a gateway whose certificate it does not know.
  const wrong = connect('CP-2', passwords['CP-1'], ca)
  const wary = connect('CP-3', passwords['CP-2'], stranger)
  await expect.poll(() => right.isUp(), { timeout: 20_000 }).toBe(true)
  await gateway.says('HW_OCPP_TURNED_AWAY')
  const presence = async (id: string) =>
    ((await (await fetch(`${hall.http}/api/v1/devices/${id}`)).json()) as { presence: string }).presence
  await expect.poll(() => presence('cp-1'), { timeout: 10_000 }).toBe('online')
  expect([wrong.isUp(), wary.isUp()]).toEqual([false, false])
  expect([await presence('cp-2'), await presence('cp-3')]).toEqual(['unknown', 'unknown'])
  // Without TLS nobody gets as far as a password.
  const plain = new WebSocket(`ws://127.0.0.1:${port}/ocpp/CP-1`, 'ocpp1.6')
  expect(await new Promise((resolve) => plain.once('error', ({ message }) => resolve(message)))).toMatch(
    /hang up|reset/,
  )
  const said = gateway.said()
  expect(said.match(/HW_OCPP_TURNED_AWAY/g)).toHaveLength(1)
  for (const password of Object.values(passwords)) expect(said).not.toContain(password)
})
