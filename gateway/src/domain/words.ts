import { PARTS, type PartName, partWord } from './part-states.ts'

/** A name as screens show it. `fault`: the fault code a word of a part stands for. */
export interface ShownWord {
  readonly zh: string
  readonly en: string
  readonly fault?: string
}

type Words = Readonly<Record<string, ShownWord>>

const OFFLINE = { zh: '离线', en: 'Offline' }
const STANDBY = { zh: '待机', en: 'Standby' }
const RUNNING = { zh: '运行', en: 'Running' }
const FAULT = { zh: '故障', en: 'Fault' }
const BATTERY = {
  offline: OFFLINE,
  standby: STANDBY,
  running: RUNNING,
  fault: FAULT,
  sleep: { zh: '休眠', en: 'Asleep' },
}

/** What the words of a state quantity are called; those of the parts stand in part-states.ts. */
const STATE_WORDS: Readonly<Record<string, Words>> = {
  phaseSequence: { 'L1-L2-L3': { zh: '正序', en: 'L1-L2-L3' }, 'L1-L3-L2': { zh: '逆序', en: 'L1-L3-L2' } },
  // IEC 61851-1, the states of the control pilot
  evseState: {
    A: { zh: '未插枪', en: 'Not connected' },
    B: { zh: '已插枪', en: 'Connected' },
    C: { zh: '充电中', en: 'Charging' },
    D: { zh: '充电中（需通风）', en: 'Charging, ventilation needed' },
    E: { zh: '控制导引断开', en: 'Pilot lost' },
    F: { zh: '桩不可用', en: 'Not available' },
  },
  chargerState: {
    starting: { zh: '启动中', en: 'Starting' },
    notReady: { zh: '未就绪', en: 'Not ready' },
    available: { zh: '空闲', en: 'Available' },
    waitingForAuthorisation: { zh: '等待授权', en: 'Waiting for authorisation' },
    ready: { zh: '就绪', en: 'Ready' },
    suspended: { zh: '已暂停', en: 'Suspended' },
    charging: { zh: '充电中', en: 'Charging' },
    interrupted: { zh: '已中断', en: 'Interrupted' },
    error: { zh: '故障', en: 'Error' },
    other: { zh: '其他', en: 'Other' },
  },
  cableState: {
    none: { zh: '未连接', en: 'None' },
    station: { zh: '桩端已插', en: 'At the station' },
    stationLocked: { zh: '桩端已锁', en: 'Locked at the station' },
    stationAndVehicle: { zh: '桩端和车端已插', en: 'At station and vehicle' },
    stationAndVehicleLocked: { zh: '桩端和车端已锁', en: 'Locked at station and vehicle' },
  },
  phaseSwitchSource: {
    none: { zh: '无', en: 'None' },
    ocpp: { zh: 'OCPP', en: 'OCPP' },
    rest: { zh: 'REST', en: 'REST' },
    modbus: { zh: 'Modbus', en: 'Modbus' },
    udp: { zh: 'UDP', en: 'UDP' },
  },
  powerSignature: {
    off: { zh: '插座已关', en: 'Switched off' },
    dead: { zh: '无功率', en: 'Draws nothing' },
    on: { zh: '通电', en: 'Powered' },
    idle: { zh: '待机', en: 'Waiting' },
    active: { zh: '工作', en: 'Working' },
  },
  inverterState: {
    standby: STANDBY,
    selfTest: { zh: '自检', en: 'Self-test' },
    starting: { zh: '启动中', en: 'Starting' },
    running: RUNNING,
    derating: { zh: '降额运行', en: 'Derating' },
    dispatched: { zh: '调度运行', en: 'Dispatched' },
    offGrid: { zh: '离网', en: 'Off grid' },
    stopped: { zh: '停机', en: 'Stopped' },
    fault: FAULT,
    maintenance: { zh: '维护', en: 'Maintenance' },
    updating: { zh: '升级中', en: 'Updating' },
    communicationFault: { zh: '通信故障', en: 'Communication fault' },
  },
  gridMeterState: { offline: OFFLINE, normal: { zh: '正常', en: 'Normal' } },
  batteryState: BATTERY,
  batteryUnitState: BATTERY,
}

const numbered = (stem: string, count: number, nameOf: (n: number) => ShownWord): Words =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${stem}${i + 1}`, nameOf(i + 1)]))

/** What stands after the dot of a quantity id (`paper.receipt`). Any other word may stand there too; it is then shown as it is. */
export const QUALIFIERS: Words = {
  receipt: { zh: '凭条', en: 'receipt' },
  invoice: { zh: '发票', en: 'invoice' },
  ticket: { zh: '号票', en: 'ticket' },
  wechat: { zh: '微信', en: 'WeChat' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  unionpay: { zh: '银联', en: 'UnionPay' },
  cash: { zh: '现金', en: 'cash' },
  cabinet: { zh: '机柜', en: 'cabinet' },
  room: { zh: '室内', en: 'room' },
  hall: { zh: '大厅', en: 'hall' },
  water: { zh: '水', en: 'water' },
  in: { zh: '进水', en: 'inlet' },
  out: { zh: '出水', en: 'outlet' },
  top: { zh: '上部', en: 'top' },
  mid: { zh: '中部', en: 'middle' },
  bottom: { zh: '下部', en: 'bottom' },
  ambient: { zh: '环境', en: 'ambient' },
  plug: { zh: '插头', en: 'plug' },
  device: { zh: '设备', en: 'device' },
  connector: { zh: '充电枪', en: 'connector' },
  inverter: { zh: '逆变器', en: 'inverter' },
  battery: { zh: '电池', en: 'battery' },
  bms: { zh: '电池管理', en: 'BMS' },
  bms2: { zh: '电池管理2', en: 'BMS 2' },
  l1: { zh: 'A相', en: 'L1' },
  l2: { zh: 'B相', en: 'L2' },
  l3: { zh: 'C相', en: 'L3' },
  l12: { zh: 'AB线', en: 'L12' },
  l23: { zh: 'BC线', en: 'L23' },
  l31: { zh: 'CA线', en: 'L31' },
  average: { zh: '平均', en: 'average' },
  lineAverage: { zh: '线平均', en: 'line average' },
  importing: { zh: '取电', en: 'importing' },
  exporting: { zh: '馈电', en: 'exporting' },
  pvProducing: { zh: '光伏发电', en: 'PV producing' },
  batteryCharging: { zh: '电池充电', en: 'battery charging' },
  batteryDischarging: { zh: '电池放电', en: 'battery discharging' },
  gridLoss: { zh: '电网失电', en: 'grid loss' },
  gridFault: { zh: '电网故障', en: 'grid fault' },
  gridOvervoltage: { zh: '电网过压', en: 'grid overvoltage' },
  gridUndervoltage: { zh: '电网欠压', en: 'grid undervoltage' },
  overtemperature: { zh: '过温', en: 'overtemperature' },
  residualCurrent: { zh: '漏电流', en: 'residual current' },
  lowInsulation: { zh: '绝缘低', en: 'low insulation' },
  internalFan: { zh: '内部风扇', en: 'internal fan' },
  externalFan: { zh: '外部风扇', en: 'external fan' },
  stringReversed: { zh: '组串反接', en: 'string reversed' },
  stringLoss: { zh: '组串丢失', en: 'string loss' },
  dcArc: { zh: '直流拉弧', en: 'DC arc' },
  dcFault: { zh: '直流故障', en: 'DC fault' },
  permanentFault: { zh: '永久故障', en: 'permanent fault' },
  batteryFault: { zh: '电池故障', en: 'battery fault' },
  bmsProtection: { zh: '电池管理保护', en: 'BMS protection' },
  bdcFault: { zh: '电池变换器故障', en: 'battery converter fault' },
  bdcPermanentFault: { zh: '电池变换器永久故障', en: 'permanent battery converter fault' },
  // Errors of charge points
  overCurrent: { zh: '过流保护', en: 'overcurrent' },
  powerSwitch: { zh: '接触器故障', en: 'contactor' },
  overVoltage: { zh: '电压过高', en: 'voltage too high' },
  underVoltage: { zh: '电压过低', en: 'voltage too low' },
  internal: { zh: '内部错误', en: 'internal' },
  other: { zh: '其他错误', en: 'other' },
  reset: { zh: '无法重启', en: 'restart failed' },
  powerMeter: { zh: '电表故障', en: 'power meter' },
  reader: { zh: '读卡器故障', en: 'card reader' },
  weakSignal: { zh: '信号弱', en: 'weak signal' },
  localList: { zh: '白名单不一致', en: 'card list differs' },
  // The status words of a DL/T 645 meter
  clockBatteryLow: { zh: '时钟电池欠压', en: 'clock battery low' },
  backupBatteryLow: { zh: '停电抄表电池欠压', en: 'backup battery low' },
  phaseOrderReversed: { zh: '逆相序', en: 'phase order reversed' },
  voltageLostL1: { zh: 'A相失压', en: 'voltage lost on L1' },
  voltageLostL2: { zh: 'B相失压', en: 'voltage lost on L2' },
  voltageLostL3: { zh: 'C相失压', en: 'voltage lost on L3' },
  phaseOpenL1: { zh: 'A相断相', en: 'phase L1 open' },
  phaseOpenL2: { zh: 'B相断相', en: 'phase L2 open' },
  phaseOpenL3: { zh: 'C相断相', en: 'phase L3 open' },
  heatSink: { zh: '散热器', en: 'heat sink' },
  powerModule: { zh: '功率模块', en: 'power module' },
  boost: { zh: '升压电路', en: 'boost circuit' },
  input: { zh: '直流输入', en: 'DC input' },
  ground: { zh: '接地', en: 'ground' },
  dcOvervoltage: { zh: '直流过压', en: 'DC overvoltage' },
  acDisconnect: { zh: '交流断开', en: 'AC disconnected' },
  dcDisconnect: { zh: '直流断开', en: 'DC disconnected' },
  cabinetOpen: { zh: '机箱打开', en: 'cabinet open' },
  overFrequency: { zh: '过频', en: 'overfrequency' },
  underFrequency: { zh: '欠频', en: 'underfrequency' },
  stringFuse: { zh: '组串熔断', en: 'string fuse' },
  powerFailure: { zh: '失电', en: 'power failure' },
  undervoltage: { zh: '欠压', en: 'undervoltage' },
  overvoltage: { zh: '过压', en: 'overvoltage' },
  overcurrent: { zh: '过流', en: 'overcurrent' },
  missingSensor: { zh: '缺少传感器', en: 'sensor missing' },
  communication: { zh: '通信', en: 'communication' },
  undertemperature: { zh: '低温', en: 'undertemperature' },
  chargeCurrent: { zh: '充电过流', en: 'charging overcurrent' },
  dischargeCurrent: { zh: '放电过流', en: 'discharging overcurrent' },
  socBelowMin: { zh: '电量过低', en: 'charge below its minimum' },
  socAboveMax: { zh: '电量过高', en: 'charge above its maximum' },
  contactor: { zh: '接触器', en: 'contactor' },
  doorOpen: { zh: '柜门打开', en: 'door open' },
  temperatureDerating: { zh: '过温降额', en: 'temperature derating' },
  configuration: { zh: '配置', en: 'configuration' },
  proximity: { zh: '枪线识别', en: 'proximity pilot' },
  controlPilot: { zh: '控制导引', en: 'control pilot' },
  lockFailed: { zh: '锁枪失败', en: 'lock failed' },
  unlockFailed: { zh: '解锁失败', en: 'unlock failed' },
  meterCommunication: { zh: '电表通信', en: 'meter communication' },
  diodeMissing: { zh: '车端缺少二极管', en: 'diode missing in the vehicle' },
  supply: { zh: '供电', en: 'supply' },
  residualCurrentSensor: { zh: '漏电检测模块', en: 'residual current sensor' },
  faultSub: { zh: '故障子代码', en: 'fault sub-code' },
  warning: { zh: '警告', en: 'warning' },
  vendor1: { zh: '厂家1', en: 'vendor 1' },
  ...numbered('score', 5, (n) => ({ zh: `${n}分`, en: `score ${n}` })),
  ...numbered('counter', 30, (n) => ({ zh: `${n}号柜台`, en: `counter ${n}` })),
  ...numbered('string', 24, (n) => ({ zh: `第${n}串`, en: `string ${n}` })),
  ...numbered('unit', 8, (n) => ({ zh: `${n}号单元`, en: `unit ${n}` })),
  ...numbered('alarm', 8, (n) => ({ zh: `告警${n}`, en: `alarm ${n}` })),
  ...numbered('systemFault', 4, (n) => ({ zh: `系统故障${n}`, en: `system fault ${n}` })),
  ...numbered('bmsFault', 4, (n) => ({ zh: `电池管理故障${n}`, en: `BMS fault ${n}` })),
}

/** Every word of a state quantity, by its name without qualifier; undefined for other quantities. */
export function wordsOf(name: string): Words | undefined {
  if (Object.hasOwn(PARTS, name)) return PARTS[name as PartName].words
  return Object.hasOwn(STATE_WORDS, name) ? STATE_WORDS[name] : undefined
}

/** The word of a state quantity (`evseState`, `C`) or of a part (`paper.receipt`, `low`); undefined when it has no name. */
export function stateWord(quantity: string, word: string): ShownWord | undefined {
  const name = quantity.split('.', 1)[0] as string
  const words = Object.hasOwn(STATE_WORDS, name) ? STATE_WORDS[name] : undefined
  return words && Object.hasOwn(words, word) ? words[word] : partWord(quantity, word)
}

/** What a qualifier is called; undefined when it has no name and stands for itself. */
export const qualifierName = (qualifier: string): ShownWord | undefined =>
  Object.hasOwn(QUALIFIERS, qualifier) ? QUALIFIERS[qualifier] : undefined
