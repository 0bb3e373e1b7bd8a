import type { FaultCode } from '../domain/fault-codes.ts'

/** How one row of the taxonomy is brought about in the drill hall. */
export interface DrillRow {
  /** Named fault of the simulators. */
  readonly fault: string
  /** Where it happens; absent: at any terminal that is free. */
  readonly device?: string
  readonly parameters?: Readonly<Record<string, number | string>>
  /** Set when the alarm does not follow the first reading at once, and why. Such rows are left out of the latency figures. */
  readonly waits?: 'silence' | 'parent' | 'window' | 'polling'
}

/**
 * Every fault the gateway knows, and the scenario that shows it. Terminals are of our own contract where nothing else is said:
 * only it has a word for every part. Some rows run on other makes, whose codes are their own and whose alarm must be the same.
 */
export const DRILL_ROWS = {
  'prn.paper_low': { fault: 'paper_low' },
  'prn.paper_out': { fault: 'paper_out', device: 'queue-01' },
  'prn.paper_jam': { fault: 'paper_jam', device: 'kiosk-05' },
  'prn.cutter_fault': { fault: 'cutter_fault' },
  'prn.cover_open': { fault: 'cover_open' },
  'prn.head_hot': { fault: 'head_hot' },
  'prn.ribbon_low': { fault: 'ribbon_low' },
  'prn.ribbon_out': { fault: 'ribbon_out' },
  'prn.mark_lost': { fault: 'mark_lost' },
  'prn.offline': { fault: 'printer_offline', parameters: { form: 'invoice' } },
  'prn.retract_full': { fault: 'retract_full' },
  'prn.exit_blocked': { fault: 'exit_blocked' },
  'prn.silent_fail': { fault: 'silent_fail' },
  'inv.stock_low': { fault: 'invoice_stock_low' },
  'inv.service_down': { fault: 'invoice_service_down', waits: 'parent' },
  'cash.note_jam': { fault: 'note_jam', device: 'kiosk-07' },
  'cash.box_high': { fault: 'box_high' },
  'cash.box_full': { fault: 'box_full' },
  'cash.box_missing': { fault: 'box_missing' },
  'cash.box_manip': { fault: 'box_manipulated' },
  'cash.validator_dead': { fault: 'validator_dead', device: 'kiosk-06' },
  'cash.reject_high': { fault: 'rejects_high' },
  'cash.shutter_jam': { fault: 'shutter_jam', device: 'kiosk-08' },
  'coin.empty': { fault: 'coin_empty' },
  'coin.jam': { fault: 'coin_jam' },
  'cash.mismatch': { fault: 'cash_mismatch' },
  'card.reader_dead': { fault: 'card_reader_dead', device: 'kiosk-05' },
  'card.retained': { fault: 'card_retained' },
  'card.bin_full': { fault: 'card_bin_full' },
  'card.skimmer': { fault: 'skimmer' },
  'pin.tamper': { fault: 'pin_tamper' },
  'pin.no_key': { fault: 'pin_no_key', device: 'kiosk-07' },
  'pin.stuck_key': { fault: 'pin_stuck_key' },
  'id.reader_dead': { fault: 'id_reader_dead', device: 'kiosk-08' },
  'scan.dead': { fault: 'scanner_dead', device: 'kiosk-06' },
  'scan.low_success': { fault: 'scan_success_low' },
  'ic.writer_dead': { fault: 'meter_card_writer_dead' },
  'touch.dead': { fault: 'touch_dead' },
  'touch.ghost': { fault: 'touch_ghost' },
  'disp.black': { fault: 'display_dark' },
  'audio.mute': { fault: 'audio_mute' },
  'cam.dead': { fault: 'camera_dead' },
  'cam.storage': { fault: 'camera_storage_full' },
  'app.frozen': { fault: 'app_frozen' },
  'app.crashloop': { fault: 'app_crash_loop' },
  'app.oos': { fault: 'app_out_of_service', waits: 'parent' },
  'sys.backend_down': { fault: 'backend_down', waits: 'parent' },
  'pay.channel_down': { fault: 'pay_channel_down', waits: 'parent' },
  'txn.fail_rate': { fault: 'transactions_failing', waits: 'parent' },
  'net.down': { fault: 'network_down' },
  'net.degraded': { fault: 'network_degraded' },
  'host.disk_full': { fault: 'disk_full', waits: 'window' },
  'host.mem_low': { fault: 'memory_low', waits: 'window' },
  'host.hot': { fault: 'overheated', waits: 'window' },
  'host.reboot': { fault: 'reboot', waits: 'window' },
  'clk.skew': { fault: 'clock_skew', waits: 'window' },
  'cert.expiring': { fault: 'certificate_expiring', waits: 'window' },
  'agent.lost': { fault: 'silent', device: 'kiosk-04', waits: 'silence' },
  'sw.drift': { fault: 'software_drift', waits: 'window' },
  'ups.on_battery': { fault: 'on_battery', device: 'ups-01' },
  'ups.low': { fault: 'battery_low', device: 'ups-01' },
  'ups.bad': { fault: 'battery_bad', device: 'ups-01' },
  'ups.overload': { fault: 'overload', device: 'ups-01' },
  'ups.comm_lost': { fault: 'ups_link_lost', device: 'ups-01', waits: 'parent' },
  'door.forced': { fault: 'door_forced' },
  'door.left_open': { fault: 'door_open' },
  'cab.water': { fault: 'water_leak' },
  'cab.humid': { fault: 'humid', waits: 'window' },
  'cab.shock': { fault: 'shock' },
  'cab.fan': { fault: 'fan_failed' },
  'q.service_down': { fault: 'ticket_service_down', device: 'queue-01' },
  'q.caller_lost': { fault: 'caller_lost', device: 'queue-01' },
  'eval.offline': { fault: 'evaluator_lost', device: 'evaluator-01', waits: 'parent' },
  'eval.silent': { fault: 'evaluator_silent', device: 'evaluator-02' },
  'mtr.no_read': { fault: 'meter_no_read', device: 'meter-hvac', waits: 'silence' },
  'mtr.clock': { fault: 'meter_clock', device: 'meter-billing', waits: 'window' },
  'ev.ground': { fault: 'charger_tripped', device: 'evse-01', waits: 'polling' },
  'ev.hot': { fault: 'charger_hot', device: 'evse-03' },
  'ev.lock': { fault: 'connector_lock', device: 'evse-03' },
  'ev.comm': { fault: 'vehicle_link', device: 'evse-03' },
  'demo.offline': { fault: 'demo_offline', device: 'plug-kettle', waits: 'parent' },
  'demo.danger': { fault: 'smoke', device: 'safety-panel' },
  'demo.tripped': { fault: 'rcd_tripped', device: 'safety-panel' },
} as const satisfies Record<DrilledCode, DrillRow>

/** What a device shows by itself; a load that stays on is found by the demonstration that switches it off. */
export type DrilledCode = Exclude<FaultCode, 'demo.not_off'>

export const drillRow = (code: DrilledCode): DrillRow => DRILL_ROWS[code]

export const drillCodes = Object.keys(DRILL_ROWS) as readonly DrilledCode[]
