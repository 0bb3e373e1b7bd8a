import type { FaultDefinition, FaultParameters, FaultTarget } from '../faults.ts'
import type { Trouble } from '../trouble.ts'

const MODBUS: FaultTarget[] = ['modbus']
const MQTT: FaultTarget[] = ['mqtt']
/** Whoever speaks by itself. */
const SPEAKERS: FaultTarget[] = ['mqtt', 'ocpp']
const BOTH: FaultTarget[] = ['modbus', 'mqtt']
const ALL: FaultTarget[] = ['modbus', 'mqtt', 'ocpp']

/** One field of the line's trouble is set; clearing takes it away. */
function line<Field extends keyof Trouble>(
  zh: string,
  en: string,
  on: readonly FaultTarget[],
  field: Field,
  value: (parameters: FaultParameters) => Trouble[Field],
  parameters?: FaultParameters,
  finds?: string,
): FaultDefinition {
  return {
    zh,
    en,
    on,
    ...(finds !== undefined && { finds }),
    ...(parameters && { parameters }),
    apply: ({ trouble }, given) => {
      trouble[field] = value(given)
    },
    clear: ({ trouble }) => {
      delete trouble[field]
    },
  }
}

/** What can happen between a device and the gateway, whatever the device is. */
export const lineFaults: Record<string, FaultDefinition> = {
  silent: line('无应答', 'Stops answering or sending', ALL, 'silent', () => true),
  exception: line(
    '返回异常码',
    'Refuses reads with an exception code',
    MODBUS,
    'exception',
    ({ code = 2, address }) => (address === undefined ? { code } : { code, address }),
    { code: 2 },
  ),
  slow: line('应答缓慢', 'Answers late', MODBUS, 'delayMs', ({ delayMs = 800 }) => delayMs, { delayMs: 800 }),
  garble: line(
    '报文损坏',
    'Damaged or short frames',
    MODBUS,
    'garble',
    ({ form }) => (form === 'short' ? 'short' : 'corrupt'),
    { form: 'corrupt' },
  ),
  wrong_unit: line('站号错误', 'Answers under another unit id', MODBUS, 'wrongUnit', () => true),
  frozen: line('数值停滞', 'Values stop changing', BOTH, 'frozen', () => true),
  clock_jump: line(
    '时钟跳变',
    'Device clock jumps',
    SPEAKERS,
    'clockOffsetMs',
    ({ seconds = 3600 }) => seconds * 1000,
    {
      seconds: 3600,
    },
  ),
  clock_skew: line(
    '时钟偏差',
    'Device clock some seconds off',
    ['terminal'],
    'clockOffsetMs',
    ({ seconds = 5 }) => seconds * 1000,
    { seconds: 5 },
    'clk.skew',
  ),
  agent_lost: line(
    '采集失联',
    'Terminal gone from the network',
    ['terminal'],
    'disconnected',
    () => true,
    undefined,
    'agent.lost',
  ),
  meter_no_read: line('电表抄读失败', 'Meter does not answer', MODBUS, 'silent', () => true, undefined, 'mtr.no_read'),
  demo_offline: line(
    '体验电器离线',
    'Appliance gone from the network',
    ['appliance'],
    'disconnected',
    () => true,
    undefined,
    'demo.offline',
  ),
  disconnect: line('连接断开', 'Network connection cut', SPEAKERS, 'disconnected', () => true),
  malformed: line('报文格式错误', 'Sends broken JSON', SPEAKERS, 'malformed', () => true),
  flood: line(
    '报文洪泛',
    'Floods the broker',
    MQTT,
    'floodPerSecond',
    ({ perSecond = 200 }) => Math.min(perSecond, 2000),
    { perSecond: 200 },
  ),
}
