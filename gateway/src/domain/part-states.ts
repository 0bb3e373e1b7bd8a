import type { FaultCode } from './fault-codes.ts'

/** One condition a part can be in. `fault` is what the condition means for repair; absent: nothing is wrong. */
interface PartWord {
  readonly zh: string
  readonly en: string
  readonly fault?: FaultCode
}

interface PartDefinition {
  readonly zh: string
  readonly en: string
  /** Set when the id continues after a dot: what the part after the dot names. */
  readonly qualifier?: string
  readonly words: Readonly<Record<string, PartWord>>
}

const OK: PartWord = { zh: '正常', en: 'OK' }
const PRINTER = 'the printer: receipt, invoice, ticket'

/**
 * The parts of terminals, ticket machines, evaluators, UPS and chargers, each as a state quantity. One quantity per independent
 * piece of evidence: paper that runs low and paper that is jammed are two quantities, so neither hides the other. Every word
 * but the healthy ones stands for exactly one fault code, and no two words of a part for the same one.
 */
export const PARTS = {
  // Printers
  printer: {
    zh: '打印机',
    en: 'Printer',
    qualifier: PRINTER,
    words: { ok: OK, offline: { zh: '离线', en: 'Offline', fault: 'prn.offline' } },
  },
  paper: {
    zh: '纸张',
    en: 'Paper',
    qualifier: PRINTER,
    words: {
      ok: { zh: '充足', en: 'OK' },
      low: { zh: '将尽', en: 'Low', fault: 'prn.paper_low' },
      out: { zh: '用尽', en: 'Out', fault: 'prn.paper_out' },
    },
  },
  paperPath: {
    zh: '走纸通道',
    en: 'Paper path',
    qualifier: PRINTER,
    words: { ok: OK, jam: { zh: '卡纸', en: 'Jam', fault: 'prn.paper_jam' } },
  },
  paperExit: {
    zh: '出纸口',
    en: 'Paper exit',
    qualifier: PRINTER,
    words: {
      clear: { zh: '畅通', en: 'Clear' },
      blocked: { zh: '堵塞', en: 'Blocked', fault: 'prn.exit_blocked' },
    },
  },
  cutter: {
    zh: '切刀',
    en: 'Cutter',
    qualifier: PRINTER,
    words: { ok: OK, stuck: { zh: '卡滞', en: 'Stuck', fault: 'prn.cutter_fault' } },
  },
  printerCover: {
    zh: '打印机盖',
    en: 'Printer cover',
    qualifier: PRINTER,
    words: { closed: { zh: '关闭', en: 'Closed' }, open: { zh: '打开', en: 'Open', fault: 'prn.cover_open' } },
  },
  printHead: {
    zh: '打印头',
    en: 'Print head',
    qualifier: PRINTER,
    words: { ok: OK, hot: { zh: '过热', en: 'Hot', fault: 'prn.head_hot' } },
  },
  ribbon: {
    zh: '色带(碳粉)',
    en: 'Ribbon or toner',
    qualifier: PRINTER,
    words: {
      ok: { zh: '充足', en: 'OK' },
      low: { zh: '将尽', en: 'Low', fault: 'prn.ribbon_low' },
      out: { zh: '用尽', en: 'Out', fault: 'prn.ribbon_out' },
    },
  },
  blackMark: {
    zh: '黑标定位',
    en: 'Black mark',
    qualifier: PRINTER,
    words: { ok: OK, lost: { zh: '失败', en: 'Lost', fault: 'prn.mark_lost' } },
  },
  retractBin: {
    zh: '回收箱',
    en: 'Retract bin',
    qualifier: PRINTER,
    words: { ok: OK, full: { zh: '满', en: 'Full', fault: 'prn.retract_full' } },
  },
  printProof: {
    zh: '出纸凭证',
    en: 'Proof of printing',
    qualifier: PRINTER,
    words: {
      ok: { zh: '已出纸', en: 'Paper seen' },
      missing: { zh: '未出纸', en: 'No paper seen', fault: 'prn.silent_fail' },
    },
  },
  invoiceStock: {
    zh: '票据号段',
    en: 'Invoice numbers',
    words: { ok: { zh: '充足', en: 'OK' }, low: { zh: '将尽', en: 'Low', fault: 'inv.stock_low' } },
  },
  invoiceService: {
    zh: '开票服务',
    en: 'Invoice service',
    words: { ok: OK, down: { zh: '不可达', en: 'Down', fault: 'inv.service_down' } },
  },
  // Money
  cashAcceptor: {
    zh: '识币器',
    en: 'Note reader',
    words: { ok: OK, dead: { zh: '失效', en: 'Dead', fault: 'cash.validator_dead' } },
  },
  cashTransport: {
    zh: '纸币通道',
    en: 'Note transport',
    words: { ok: OK, jam: { zh: '卡币', en: 'Jam', fault: 'cash.note_jam' } },
  },
  cashShutter: {
    zh: '入钞口挡板',
    en: 'Note shutter',
    words: { ok: OK, jam: { zh: '卡滞', en: 'Jammed', fault: 'cash.shutter_jam' } },
  },
  cashRejects: {
    zh: '拒钞率',
    en: 'Note rejects',
    words: { ok: OK, high: { zh: '异常', en: 'High', fault: 'cash.reject_high' } },
  },
  cashBox: {
    zh: '钞箱存量',
    en: 'Cash box level',
    words: {
      ok: OK,
      high: { zh: '将满', en: 'Nearly full', fault: 'cash.box_high' },
      full: { zh: '满', en: 'Full', fault: 'cash.box_full' },
    },
  },
  cashBoxSeat: {
    zh: '钞箱在位',
    en: 'Cash box seat',
    words: {
      present: { zh: '在位', en: 'Present' },
      missing: { zh: '缺失', en: 'Missing', fault: 'cash.box_missing' },
    },
  },
  cashBoxSeal: {
    zh: '钞箱封签',
    en: 'Cash box seal',
    words: {
      intact: { zh: '完好', en: 'Intact' },
      manipulated: { zh: '异动', en: 'Manipulated', fault: 'cash.box_manip' },
    },
  },
  cashCount: {
    zh: '账实核对',
    en: 'Cash count',
    words: {
      matched: { zh: '相符', en: 'Matched' },
      mismatch: { zh: '不符', en: 'Mismatch', fault: 'cash.mismatch' },
    },
  },
  coinHopper: {
    zh: '硬币斗',
    en: 'Coin hopper',
    words: { ok: OK, empty: { zh: '空', en: 'Empty', fault: 'coin.empty' } },
  },
  coinPath: {
    zh: '硬币通道',
    en: 'Coin path',
    words: { ok: OK, jam: { zh: '卡币', en: 'Jam', fault: 'coin.jam' } },
  },
  payment: {
    zh: '支付渠道',
    en: 'Pay channel',
    qualifier: 'the channel: wechat, alipay, unionpay, cash',
    words: { ok: OK, down: { zh: '异常', en: 'Down', fault: 'pay.channel_down' } },
  },
  // Cards, codes, identity
  cardReader: {
    zh: '读卡器',
    en: 'Card reader',
    words: { ok: OK, dead: { zh: '故障', en: 'Dead', fault: 'card.reader_dead' } },
  },
  cardSlot: {
    zh: '卡口',
    en: 'Card slot',
    words: { clear: { zh: '空', en: 'Clear' }, retained: { zh: '吞卡', en: 'Card retained', fault: 'card.retained' } },
  },
  cardBin: {
    zh: '吞卡箱',
    en: 'Retained-card bin',
    words: { ok: OK, full: { zh: '满', en: 'Full', fault: 'card.bin_full' } },
  },
  cardGuard: {
    zh: '防侧录',
    en: 'Anti-skimming guard',
    words: {
      clear: { zh: '未发现', en: 'Clear' },
      suspect: { zh: '疑似侧录', en: 'Suspect', fault: 'card.skimmer' },
    },
  },
  pinPad: {
    zh: '密码键盘按键',
    en: 'PIN pad keys',
    words: { ok: OK, stuck: { zh: '粘连', en: 'Key stuck', fault: 'pin.stuck_key' } },
  },
  pinPadGuard: {
    zh: '密码键盘防拆',
    en: 'PIN pad tamper guard',
    words: {
      intact: { zh: '完好', en: 'Intact' },
      tampered: { zh: '拆机自毁', en: 'Tampered', fault: 'pin.tamper' },
    },
  },
  pinKeys: {
    zh: '密钥',
    en: 'PIN keys',
    words: {
      loaded: { zh: '已灌装', en: 'Loaded' },
      missing: { zh: '未灌装', en: 'Missing', fault: 'pin.no_key' },
    },
  },
  idReader: {
    zh: '身份证阅读器',
    en: 'ID-card reader',
    words: { ok: OK, dead: { zh: '故障', en: 'Dead', fault: 'id.reader_dead' } },
  },
  scanner: {
    zh: '扫码器',
    en: 'Scanner',
    words: { ok: OK, dead: { zh: '失效', en: 'Dead', fault: 'scan.dead' } },
  },
  scanSuccess: {
    zh: '扫码成功率',
    en: 'Scan success',
    words: { ok: OK, low: { zh: '偏低', en: 'Low', fault: 'scan.low_success' } },
  },
  meterCardWriter: {
    zh: '购电卡读写器',
    en: 'Meter-card writer',
    words: { ok: OK, dead: { zh: '故障', en: 'Dead', fault: 'ic.writer_dead' } },
  },
  // What the customer sees, touches and hears
  touch: {
    zh: '触摸屏',
    en: 'Touch screen',
    words: {
      ok: OK,
      dead: { zh: '无响应', en: 'Dead', fault: 'touch.dead' },
      ghost: { zh: '漂移', en: 'Ghost touches', fault: 'touch.ghost' },
    },
  },
  display: { zh: '显示屏', en: 'Display', words: { ok: OK, dark: { zh: '黑屏', en: 'Dark', fault: 'disp.black' } } },
  audio: { zh: '语音', en: 'Voice', words: { ok: OK, mute: { zh: '无声', en: 'Mute', fault: 'audio.mute' } } },
  camera: { zh: '摄像头', en: 'Camera', words: { ok: OK, dead: { zh: '故障', en: 'Dead', fault: 'cam.dead' } } },
  cameraStorage: {
    zh: '录像存储',
    en: 'Recording storage',
    words: { ok: OK, full: { zh: '满', en: 'Full', fault: 'cam.storage' } },
  },
  // Program and services behind it
  app: {
    zh: '业务程序',
    en: 'Application',
    words: {
      ok: OK,
      frozen: { zh: '卡死', en: 'Frozen', fault: 'app.frozen' },
      crash_loop: { zh: '反复崩溃', en: 'Crash loop', fault: 'app.crashloop' },
      out_of_service: { zh: '暂停服务', en: 'Out of service', fault: 'app.oos' },
    },
  },
  backend: {
    zh: '营销系统',
    en: 'Backend',
    words: { ok: OK, down: { zh: '不可达', en: 'Down', fault: 'sys.backend_down' } },
  },
  transactionHealth: {
    zh: '交易',
    en: 'Transactions',
    words: { ok: OK, failing: { zh: '失败率突增', en: 'Failing', fault: 'txn.fail_rate' } },
  },
  network: {
    zh: '网络',
    en: 'Network',
    words: {
      ok: OK,
      degraded: { zh: '质量差', en: 'Degraded', fault: 'net.degraded' },
      down: { zh: '中断', en: 'Down', fault: 'net.down' },
    },
  },
  // Cabinet
  door: {
    zh: '机柜门',
    en: 'Cabinet door',
    words: { closed: { zh: '关闭', en: 'Closed' }, open: { zh: '打开', en: 'Open', fault: 'door.left_open' } },
  },
  doorGuard: {
    zh: '机柜门防撬',
    en: 'Door guard',
    words: {
      intact: { zh: '完好', en: 'Intact' },
      forced: { zh: '撬动', en: 'Forced', fault: 'door.forced' },
    },
  },
  cabinetWater: {
    zh: '水浸',
    en: 'Water sensor',
    words: { dry: { zh: '干燥', en: 'Dry' }, wet: { zh: '浸水', en: 'Wet', fault: 'cab.water' } },
  },
  cabinetShock: {
    zh: '震动',
    en: 'Shock sensor',
    words: { still: { zh: '平稳', en: 'Still' }, shock: { zh: '撞击', en: 'Shock', fault: 'cab.shock' } },
  },
  cabinetFan: { zh: '风扇', en: 'Fan', words: { ok: OK, failed: { zh: '故障', en: 'Failed', fault: 'cab.fan' } } },
  // UPS
  upsSource: {
    zh: 'UPS供电来源',
    en: 'UPS source',
    words: {
      mains: { zh: '市电', en: 'Mains' },
      bypass: { zh: '旁路', en: 'Bypass' },
      battery: { zh: '电池', en: 'Battery', fault: 'ups.on_battery' },
    },
  },
  upsBattery: {
    zh: 'UPS电量',
    en: 'UPS battery level',
    words: { ok: OK, low: { zh: '低', en: 'Low', fault: 'ups.low' } },
  },
  upsBatteryHealth: {
    zh: 'UPS电池健康',
    en: 'UPS battery health',
    words: { ok: OK, replace: { zh: '需更换', en: 'Replace', fault: 'ups.bad' } },
  },
  upsOutput: {
    zh: 'UPS输出',
    en: 'UPS output',
    words: { ok: OK, overload: { zh: '过载', en: 'Overload', fault: 'ups.overload' } },
  },
  upsLink: {
    zh: 'UPS通信',
    en: 'UPS link',
    words: { ok: OK, lost: { zh: '中断', en: 'Lost', fault: 'ups.comm_lost' } },
  },
  // Queue and evaluation
  ticketService: {
    zh: '取号服务',
    en: 'Ticket service',
    words: { ok: OK, down: { zh: '异常', en: 'Down', fault: 'q.service_down' } },
  },
  caller: {
    zh: '呼叫器',
    en: 'Counter caller',
    qualifier: 'the counter: counter1',
    words: { ok: OK, lost: { zh: '离线', en: 'Lost', fault: 'q.caller_lost' } },
  },
  evaluatorLink: {
    zh: '评价器连接',
    en: 'Evaluator link',
    words: { ok: OK, lost: { zh: '离线', en: 'Lost', fault: 'eval.offline' } },
  },
  evaluatorUse: {
    zh: '评价数据',
    en: 'Evaluator use',
    words: { ok: OK, silent: { zh: '无数据', en: 'Silent', fault: 'eval.silent' } },
  },
  // EV chargers
  chargerGround: {
    zh: '充电桩漏电保护',
    en: 'Charger ground protection',
    words: { ok: OK, fault: { zh: '漏电', en: 'Ground fault', fault: 'ev.ground' } },
  },
  chargerHeat: {
    zh: '充电桩温度保护',
    en: 'Charger heat protection',
    words: { ok: OK, hot: { zh: '过温', en: 'Hot', fault: 'ev.hot' } },
  },
  connectorLock: {
    zh: '枪锁',
    en: 'Connector lock',
    words: { ok: OK, failed: { zh: '故障', en: 'Failed', fault: 'ev.lock' } },
  },
  vehicleLink: {
    zh: '车桩通信',
    en: 'Vehicle link',
    words: { ok: OK, error: { zh: '异常', en: 'Error', fault: 'ev.comm' } },
  },
} as const satisfies Record<string, PartDefinition>

export type PartName = keyof typeof PARTS

type PartQuantities = {
  readonly [Name in PartName]: {
    readonly type: 'state'
    readonly unit: ''
    readonly zh: string
    readonly en: string
    readonly qualifier?: string
    readonly states: readonly string[]
  }
}

/** The parts as quantities; quantity.ts takes them into the vocabulary. */
export const partQuantities = Object.fromEntries(
  Object.entries<PartDefinition>(PARTS).map(([name, { words, ...rest }]) => [
    name,
    { type: 'state', unit: '', ...rest, states: Object.keys(words) },
  ]),
) as unknown as PartQuantities

/** The word of a part (`paper.receipt`, `low`) with its names and its fault; undefined when the vocabulary has no such word. */
export function partWord(quantity: string, word: string): PartWord | undefined {
  const name = quantity.split('.', 1)[0] as string
  if (!Object.hasOwn(PARTS, name)) return undefined
  const { words }: PartDefinition = PARTS[name as PartName]
  return Object.hasOwn(words, word) ? words[word] : undefined
}
