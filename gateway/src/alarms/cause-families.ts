import type { FaultCode } from '../domain/fault-codes.ts'

type Codes = ReadonlySet<FaultCode>
const codes = (...list: FaultCode[]): Codes => new Set(list)

/** Nothing is heard of the device itself. */
export const SILENCE = codes('agent.lost', 'mtr.no_read', 'eval.offline', 'demo.offline', 'ups.comm_lost')

/** What a customer's business needs from beyond the hall. */
const ONLINE_SERVICE = codes(
  'sys.backend_down',
  'pay.channel_down',
  'inv.service_down',
  'txn.fail_rate',
  'app.oos',
  'net.degraded',
)

/** What a backend that is down does to each terminal. */
export const AFTER_BACKEND = codes(
  'sys.backend_down',
  'pay.channel_down',
  'inv.service_down',
  'txn.fail_rate',
  'app.oos',
)

/** What a network that is down for the whole hall does beyond silence. */
export const AFTER_UPLINK = ONLINE_SERVICE

/** What a device in hall.yaml's `topology` must show to count as down, and what that explains on its children. */
export const LOST: Readonly<Record<'power' | 'network', Codes>> = {
  power: codes('ups.on_battery', 'ups.low', 'ups.overload', ...SILENCE),
  network: codes('net.down', ...SILENCE),
}

const AFTER_NETWORK = codes('net.down', 'q.caller_lost', ...SILENCE, ...ONLINE_SERVICE)

export const AFTER: Readonly<Record<'power' | 'network', Codes>> = {
  network: AFTER_NETWORK,
  power: codes(
    ...AFTER_NETWORK,
    'ups.on_battery',
    'host.reboot',
    'prn.offline',
    'disp.black',
    'cam.dead',
    'ev.comm',
    'q.service_down',
  ),
}

/** A terminal is out of service because of something: these say nothing about why. */
const NO_REASON = codes('app.oos', 'app.frozen', 'app.crashloop', 'txn.fail_rate')

/** Codes whose cause may stand in another alarm of the same device. */
export const EXPLAINED_ON_DEVICE = codes('app.oos', 'txn.fail_rate', 'pay.channel_down', 'inv.service_down')

/** Whether an alarm `parent` is why the same device shows `child`; printer faults only those of the same printer. */
export function explainsOnDevice(parent: FaultCode, child: FaultCode): boolean {
  if (parent === child) return false
  if (parent === 'sys.backend_down' || parent === 'net.down') return AFTER_BACKEND.has(child)
  if (parent === 'prn.offline') return child.startsWith('prn.')
  if (child === 'txn.fail_rate') return parent === 'pay.channel_down'
  return child === 'app.oos' && !NO_REASON.has(parent) && STOPS_BUSINESS.has(parent)
}

/** Faults for which the program of a terminal goes out of service by itself. */
const STOPS_BUSINESS = codes(
  'prn.paper_out',
  'prn.paper_jam',
  'prn.cutter_fault',
  'prn.offline',
  'prn.silent_fail',
  'cash.note_jam',
  'cash.box_full',
  'cash.box_missing',
  'cash.box_manip',
  'cash.mismatch',
  'cash.validator_dead',
  'card.retained',
  'card.skimmer',
  'pin.tamper',
  'id.reader_dead',
  'scan.dead',
  'touch.dead',
  'disp.black',
  'ups.low',
  'door.forced',
  'door.left_open',
  'cab.water',
  'host.hot',
)

/** Money, safety and security: called at any hour, whatever else is wrong, whoever works on the device. */
export const ALWAYS_CALLS = codes(
  'cash.note_jam',
  'cash.mismatch',
  'card.retained',
  'card.skimmer',
  'pin.tamper',
  'ups.low',
  'cab.water',
  'cab.shock',
  'ev.ground',
  'ev.hot',
  'demo.not_off',
  'demo.danger',
)

/** As urgent as the above, but a person who works on the device does just this. */
export const CALLS_UNLESS_ATTENDED = codes('cash.box_missing', 'cash.box_manip', 'door.forced', 'door.left_open')
