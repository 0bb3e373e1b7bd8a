import type { DeviceKind } from '../domain/device-kind.ts'
import type { WrittenFaultRule } from '../profiles/fault-rule-schema.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** Who is silent: the same rule for every kind, under the code people know it by. */
const silence = (code: WrittenFaultRule['code']): WrittenFaultRule => ({
  type: 'absence',
  code,
  part: '',
  onDelayS: 10,
  note: 'Ten seconds of grace: a program that restarts says goodbye and is back.',
})

const CLOCK: WrittenFaultRule = {
  type: 'above',
  code: 'clk.skew',
  quantity: 'clockOffset',
  limit: 2,
  deadband: 1,
  absolute: true,
  onDelayS: 30,
  steps: [{ limit: 60, priority: 'P2' }],
}

/** The computer inside terminals, ticket machines and displays. */
const HOST: readonly WrittenFaultRule[] = [
  CLOCK,
  {
    type: 'below',
    code: 'host.disk_full',
    quantity: 'diskFree',
    limit: 10,
    deadband: 2,
    steps: [{ limit: 3, priority: 'P2' }],
  },
  { type: 'below', code: 'host.mem_low', quantity: 'memoryFree', limit: 8, deadband: 2, onDelayS: 10 * MINUTE },
  { type: 'above', code: 'host.hot', quantity: 'temperature.cabinet', limit: 45, deadband: 3, onDelayS: 30 },
  { type: 'change', code: 'host.reboot', quantity: 'uptime', windowS: 10 * MINUTE, below: 0 },
  {
    type: 'above',
    code: 'net.degraded',
    part: 'network',
    quantity: 'packetLoss',
    limit: 2,
    deadband: 1,
    onDelayS: 180,
  },
  {
    type: 'above',
    code: 'net.degraded',
    part: 'network',
    quantity: 'roundTrip',
    limit: 1,
    deadband: 0.3,
    onDelayS: 180,
  },
  {
    type: 'below',
    code: 'cert.expiring',
    quantity: 'certificateRemaining',
    limit: 30 * DAY,
    steps: [
      { limit: 7 * DAY, priority: 'P3' },
      { limit: DAY, priority: 'P1' },
    ],
  },
  { type: 'drift', code: 'sw.drift', quantity: 'softwareVersion', onDelayS: 10 * MINUTE },
  { type: 'drift', code: 'sw.drift', quantity: 'configVersion', onDelayS: 10 * MINUTE },
  {
    type: 'change',
    code: 'app.crashloop',
    part: 'app',
    quantity: 'appStarts',
    windowS: 10 * MINUTE,
    above: 2,
    counter: true,
  },
]

const PAPER: readonly WrittenFaultRule[] = [
  {
    type: 'below',
    code: 'prn.paper_low',
    part: 'paper.*',
    quantity: 'paperRemaining.*',
    limit: 10,
    deadband: 3,
    until: 0,
    note: 'At 0 it is out, which is a fault of its own.',
  },
  {
    type: 'forecast',
    code: 'prn.paper_low',
    part: 'paper.*',
    quantity: 'paperRemaining.*',
    toward: 0,
    withinS: 4 * HOUR,
  },
]

const CABINET: readonly WrittenFaultRule[] = [
  { type: 'state', code: 'door.left_open', quantity: 'door', values: ['open'], onDelayS: 10 * MINUTE },
  { type: 'above', code: 'cab.humid', quantity: 'humidity.*', limit: 85, deadband: 5, onDelayS: 30 * MINUTE },
]

const MONEY: readonly WrittenFaultRule[] = [
  {
    type: 'above',
    code: 'cash.box_high',
    part: 'cashBox',
    quantity: 'cashBoxFill',
    limit: 85,
    deadband: 5,
    until: 100,
    note: 'At 100 it is full, which is a fault of its own.',
  },
  { type: 'forecast', code: 'cash.box_high', part: 'cashBox', quantity: 'cashBoxFill', toward: 100, withinS: 4 * HOUR },
  { type: 'below', code: 'coin.empty', part: 'coinHopper', quantity: 'coinRemaining', limit: 1, deadband: 5 },
  {
    type: 'change',
    code: 'card.retained',
    part: 'cardSlot',
    quantity: 'cardsRetained',
    windowS: 10 * MINUTE,
    above: 0,
    counter: true,
  },
  {
    type: 'below',
    code: 'inv.stock_low',
    part: 'invoiceStock',
    quantity: 'invoiceNumbersRemaining',
    limit: 100,
    deadband: 50,
  },
]

/** Counters against what is usual: none of them trusts a single word of the terminal. */
const HABITS: readonly WrittenFaultRule[] = [
  {
    type: 'share',
    code: 'txn.fail_rate',
    part: 'transactionHealth',
    quantity: 'transactionsFailed',
    of: ['transactions', 'transactionsFailed'],
    atLeast: 0.15,
  },
  {
    type: 'share',
    code: 'scan.low_success',
    part: 'scanSuccess',
    quantity: 'scansFailed',
    of: ['scans'],
    atLeast: 0.2,
  },
  {
    type: 'share',
    code: 'cash.reject_high',
    part: 'cashRejects',
    quantity: 'notesRejected',
    of: ['notesAccepted', 'notesRejected'],
    atLeast: 0.15,
  },
  {
    type: 'stalled',
    code: 'prn.silent_fail',
    part: 'printProof.receipt',
    quantity: 'printed.receipt',
    while: 'transactions',
    grows: 15,
    onlyWhen: {
      'printer.receipt': ['ok'],
      'paper.receipt': ['ok', 'low'],
      'paperPath.receipt': ['ok'],
      'cutter.receipt': ['ok'],
      'printerCover.receipt': ['closed'],
    },
    note: 'The terminal says that it prints and nothing is in its way, yet not one slip came for fifteen customers.',
  },
]

const APPLIANCE: readonly WrittenFaultRule[] = [silence('demo.offline')]

/** What interlocks of the demonstrations look at is also told to whoever repairs. */
const SAFETY: readonly WrittenFaultRule[] = [
  silence('agent.lost'),
  ...['smokeDetected', 'gasDetected', 'waterDetected'].map(
    (quantity): WrittenFaultRule => ({ type: 'state', code: 'demo.danger', quantity, values: [true] }),
  ),
  ...['rcdTripped', 'breakerTripped'].map(
    (quantity): WrittenFaultRule => ({
      type: 'state',
      code: 'demo.tripped',
      quantity,
      values: [true],
      onDelayS: 90,
      note: 'A board on which a trip is shown to visitors is closed again by then.',
    }),
  ),
]

/**
 * Rules that hold for every device of a kind, whatever its make. A rule applies where the device has the quantity; the words of
 * parts need none (domain/part-states.ts). Profiles and hall.yaml replace them by code, type and quantity.
 */
export const DEFAULT_RULES: Readonly<Record<DeviceKind, readonly WrittenFaultRule[]>> = {
  kiosk: [silence('agent.lost'), ...HOST, ...PAPER, ...CABINET, ...MONEY, ...HABITS],
  printer: [silence('agent.lost'), ...PAPER],
  queue: [silence('q.service_down'), ...HOST, ...PAPER, ...CABINET],
  evaluator: [
    silence('eval.offline'),
    {
      type: 'stalled',
      code: 'eval.silent',
      part: 'evaluatorUse',
      quantity: 'ratings.*',
      while: 'customersServed',
      grows: 12,
      note: 'Most customers rate: twelve in a row who do not are no chance.',
    },
  ],
  display: [silence('q.caller_lost'), ...HOST],
  network: [
    silence('net.down'),
    { type: 'above', code: 'net.degraded', quantity: 'packetLoss', limit: 2, deadband: 1, onDelayS: 180 },
    { type: 'above', code: 'net.degraded', quantity: 'roundTrip', limit: 1, deadband: 0.3, onDelayS: 180 },
  ],
  ups: [
    silence('ups.comm_lost'),
    { type: 'below', code: 'ups.low', part: 'upsBattery', quantity: 'socPercent', limit: 20, deadband: 5 },
    {
      type: 'below',
      code: 'ups.low',
      part: 'upsBattery',
      quantity: 'upsRemaining',
      limit: 5 * MINUTE,
      deadband: 2 * MINUTE,
    },
    { type: 'above', code: 'ups.overload', part: 'upsOutput', quantity: 'upsLoad', limit: 100, deadband: 5 },
  ],
  meter: [
    silence('mtr.no_read'),
    {
      type: 'above',
      code: 'mtr.clock',
      quantity: 'clockOffset',
      limit: 5 * MINUTE,
      deadband: MINUTE,
      absolute: true,
      onDelayS: 30,
    },
  ],
  evse: [silence('agent.lost')],
  pv: [silence('agent.lost')],
  storage: [silence('agent.lost')],
  cooker: APPLIANCE,
  water_heater: APPLIANCE,
  heat_pump: APPLIANCE,
  boiler: APPLIANCE,
  hvac: APPLIANCE,
  lamp: APPLIANCE,
  plug: APPLIANCE,
  meter_water: [silence('mtr.no_read')],
  meter_gas: [silence('mtr.no_read')],
  env: [
    silence('agent.lost'),
    { type: 'above', code: 'cab.humid', quantity: 'humidity.*', limit: 85, deadband: 5, onDelayS: 30 * MINUTE },
  ],
  safety: SAFETY,
}
