import type { CommandOffer } from '../commands/command.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { KnownDevice, Switches } from '../demos/bindings.ts'
import type { DeviceState } from '../readings/readings.ts'

/** A device of the hall, as far as demonstrations need to know it. */
export function knownDevice(
  device: ResolvedDevice,
  state: DeviceState | undefined,
  offers: readonly CommandOffer[],
  faulty: boolean,
): KnownDevice {
  return {
    id: device.id,
    name: device.name,
    kind: device.kind,
    online: state?.presence === 'online',
    faulty,
    periodMs: (quantity) => device.periodsMs[quantity],
    isGood: (quantity) => state?.readings.get(quantity)?.quality === 'good',
    readAt: (quantity) => state?.readings.get(quantity)?.at,
    commands: offers.map(({ command }) => command),
    switches: switchesOf(offers),
  }
}

/** A relay has `switch-on`; a charger is on at its full current. */
function switchesOf(offers: readonly CommandOffer[]): Switches {
  const on =
    offers.find(({ command }) => command === 'switch-on') ?? offers.find(({ command }) => command === 'set-current')
  const value = on?.takes.kind === 'number' ? on.takes.max : undefined
  const adjusts = offers.filter(({ quantity, takes }) => takes.kind === 'number' && quantity === on?.quantity)
  const level = value !== undefined && { value, adjustedBy: adjusts.map(({ command }) => command) }
  return {
    on: on && { command: on.command, ...level, canRevert: on.canRevert },
    off: offers.some(({ allOff }) => allOff),
  }
}
