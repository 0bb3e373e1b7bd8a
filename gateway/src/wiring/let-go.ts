import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { OpenDemoRuns } from '../demo-runs/demo-runs.ts'
import type { GatewayOptions } from './opened.ts'

/** A hall file is not held up for longer by a device that does not answer. */
const MOST_MS = 5000

/**
 * What leaves the hall, or is reached otherwise from now on, goes off while somebody can still tell it; resolves when it is, or after
 * five seconds. A charger goes on charging by its own limits, unless a demonstration has it.
 */
export async function letGo(
  devices: readonly ResolvedDevice[],
  demos: Pick<OpenDemoRuns, 'letGo'>,
  { clock, log }: Pick<GatewayOptions, 'clock' | 'log'>,
): Promise<void> {
  const relays = devices.filter(({ commands = [], profile }) =>
    commands.some((name) => profile.commands[name]?.allOff && profile.commands[name].quantity === 'switchedOn'),
  )
  const ids = (of: readonly ResolvedDevice[]) => of.map(({ id }) => id)
  const giveUp = new AbortController()
  const late = clock.sleep(MOST_MS, giveUp.signal).catch(() => {})
  const result = await Promise.race([demos.letGo(ids(devices), ids(relays)), late])
  giveUp.abort()
  if (result?.off) return
  const left = result
    ? result.devices.flatMap(({ device, state }) => (state === 'confirmed' ? [] : device))
    : ids(relays.length > 0 ? relays : devices)
  const text = `not known to be off before the hall changed: ${left.join(', ')}`
  log.error({ code: 'HW_DEMO_LOAD_NOT_OFF', devices: left }, text)
}
