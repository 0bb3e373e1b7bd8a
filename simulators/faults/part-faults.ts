import type { SimulatedDevice } from '../device.ts'
import type { FaultDefinition, FaultParameters, FaultTarget } from '../faults.ts'
import { HEALTHY_PARTS, type TerminalPart } from '../physics/terminal-parts.ts'

type Names = readonly [zh: string, en: string, finds: string]

/** A terminal part takes a word; clearing gives it its healthy word back. */
function part([zh, en, finds]: Names, name: TerminalPart, word: string): FaultDefinition {
  return {
    zh,
    en,
    finds,
    on: ['terminal'],
    apply: ({ terminal }) => {
      if (terminal) terminal.parts[name] = word
    },
    clear: ({ terminal }) => {
      if (terminal) terminal.parts[name] = HEALTHY_PARTS[name]
    },
  }
}

const setTicketPart = (
  device: SimulatedDevice,
  name: 'printer.ticket' | 'paperPath.ticket' | 'ticketService' | 'caller',
  word: string,
) => {
  if (device.counters && device.counter === undefined) device.counters.parts[name] = word
}

/** Printers exist in terminals (receipt, invoice) and in the ticket machine; `form` chooses the invoice printer. */
function printer(
  [zh, en, finds]: Names,
  change: (device: SimulatedDevice, form: 'receipt' | 'invoice', broken: boolean) => void,
): FaultDefinition {
  const form = ({ form }: FaultParameters) => (form === 'invoice' ? 'invoice' : 'receipt')
  return {
    zh,
    en,
    finds,
    on: ['terminal', 'queue'],
    parameters: { form: 'receipt' },
    apply: (device, parameters) => change(device, form(parameters), true),
    clear: (device) => {
      change(device, 'receipt', false)
      change(device, 'invoice', false)
    },
  }
}

function setPaper(device: SimulatedDevice, form: 'receipt' | 'invoice', percent: number): void {
  if (device.terminal) device.terminal[`${form}PaperPercent`] = percent
  if (device.counters && device.counter === undefined) device.counters.ticketPaperPercent = percent
}

const cashBox = (names: Names, percent: number): FaultDefinition => ({
  zh: names[0],
  en: names[1],
  finds: names[2],
  on: ['terminal'],
  apply: ({ terminal }) => {
    if (terminal) terminal.cashBoxPercent = percent
  },
  clear: ({ terminal }) => {
    if (terminal) terminal.cashBoxPercent = 0
  },
})

const queueOnly = (names: Names, name: 'ticketService' | 'caller', word: string): FaultDefinition => ({
  zh: names[0],
  en: names[1],
  finds: names[2],
  on: ['queue'] satisfies FaultTarget[],
  apply: (device) => setTicketPart(device, name, word),
  clear: (device) => setTicketPart(device, name, 'ok'),
})

const evaluator = (names: Names, field: 'muted' | 'linkLost'): FaultDefinition => {
  const set = (device: SimulatedDevice, value: boolean) => {
    const counter = device.counters?.counters[device.counter ?? -1]
    if (counter) counter[field] = value
  }
  return {
    zh: names[0],
    en: names[1],
    finds: names[2],
    on: ['evaluator'],
    apply: (device) => set(device, true),
    clear: (device) => set(device, false),
  }
}

/** Conditions of printers, money, cards, screens, programs and cabinets. */
export const partFaults: Record<string, FaultDefinition> = {
  paper_low: printer(['纸将尽', 'Paper low', 'prn.paper_low'], (device, form, broken) =>
    setPaper(device, form, broken ? 8 : 100),
  ),
  paper_out: printer(['缺纸', 'Paper out', 'prn.paper_out'], (device, form, broken) =>
    setPaper(device, form, broken ? 0 : 100),
  ),
  paper_jam: printer(['卡纸', 'Paper jam', 'prn.paper_jam'], (device, form, broken) => {
    if (device.terminal) device.terminal.parts[`paperPath.${form}`] = broken ? 'jam' : 'ok'
    setTicketPart(device, 'paperPath.ticket', broken ? 'jam' : 'ok')
  }),
  printer_offline: printer(['打印机离线', 'Printer offline', 'prn.offline'], (device, form, broken) => {
    if (device.terminal) device.terminal.parts[`printer.${form}`] = broken ? 'offline' : 'ok'
    setTicketPart(device, 'printer.ticket', broken ? 'offline' : 'ok')
  }),
  cutter_fault: part(['切刀故障', 'Cutter stuck', 'prn.cutter_fault'], 'cutter.receipt', 'stuck'),
  cover_open: part(['机盖未关', 'Cover open', 'prn.cover_open'], 'printerCover.receipt', 'open'),
  head_hot: part(['打印头过热', 'Print head hot', 'prn.head_hot'], 'printHead.receipt', 'hot'),
  ribbon_low: part(['色带将尽', 'Ribbon low', 'prn.ribbon_low'], 'ribbon.invoice', 'low'),
  ribbon_out: part(['色带用尽', 'Ribbon out', 'prn.ribbon_out'], 'ribbon.invoice', 'out'),
  mark_lost: part(['黑标定位失败', 'Black mark lost', 'prn.mark_lost'], 'blackMark.invoice', 'lost'),
  retract_full: part(['回收箱满', 'Retract bin full', 'prn.retract_full'], 'retractBin.receipt', 'full'),
  exit_blocked: part(['出纸口堵塞', 'Paper exit blocked', 'prn.exit_blocked'], 'paperExit.receipt', 'blocked'),
  silent_fail: part(['打印假成功', 'Printed without paper', 'prn.silent_fail'], 'printProof.receipt', 'missing'),
  invoice_stock_low: part(['票据号段将尽', 'Invoice numbers low', 'inv.stock_low'], 'invoiceStock', 'low'),
  invoice_service_down: part(['开票服务不可达', 'Invoice service down', 'inv.service_down'], 'invoiceService', 'down'),
  note_jam: part(['纸币卡币', 'Note jam', 'cash.note_jam'], 'cashTransport', 'jam'),
  box_high: cashBox(['钞箱将满', 'Cash box nearly full', 'cash.box_high'], 90),
  box_full: cashBox(['钞箱满', 'Cash box full', 'cash.box_full'], 100),
  box_missing: part(['钞箱缺失', 'Cash box removed', 'cash.box_missing'], 'cashBoxSeat', 'missing'),
  box_manipulated: part(['钞箱异动', 'Cash box manipulated', 'cash.box_manip'], 'cashBoxSeal', 'manipulated'),
  validator_dead: part(['识币器失效', 'Note reader dead', 'cash.validator_dead'], 'cashAcceptor', 'dead'),
  rejects_high: part(['拒钞率异常', 'Note rejects high', 'cash.reject_high'], 'cashRejects', 'high'),
  shutter_jam: part(['入钞口挡板卡滞', 'Shutter jammed', 'cash.shutter_jam'], 'cashShutter', 'jam'),
  coin_empty: part(['硬币斗空', 'Coin hopper empty', 'coin.empty'], 'coinHopper', 'empty'),
  coin_jam: part(['硬币卡币', 'Coin jam', 'coin.jam'], 'coinPath', 'jam'),
  cash_mismatch: part(['账实不符', 'Cash counts differ', 'cash.mismatch'], 'cashCount', 'mismatch'),
  card_reader_dead: part(['读卡器故障', 'Card reader dead', 'card.reader_dead'], 'cardReader', 'dead'),
  card_retained: part(['吞卡', 'Card retained', 'card.retained'], 'cardSlot', 'retained'),
  card_bin_full: part(['吞卡箱满', 'Retained-card bin full', 'card.bin_full'], 'cardBin', 'full'),
  skimmer: part(['疑似侧录装置', 'Suspected skimmer', 'card.skimmer'], 'cardGuard', 'suspect'),
  pin_tamper: part(['密码键盘拆机自毁', 'PIN pad tampered', 'pin.tamper'], 'pinPadGuard', 'tampered'),
  pin_no_key: part(['密钥未灌装', 'PIN keys missing', 'pin.no_key'], 'pinKeys', 'missing'),
  pin_stuck_key: part(['按键粘连', 'PIN pad key stuck', 'pin.stuck_key'], 'pinPad', 'stuck'),
  id_reader_dead: part(['身份证阅读器故障', 'ID-card reader dead', 'id.reader_dead'], 'idReader', 'dead'),
  scanner_dead: part(['扫码器失效', 'Scanner dead', 'scan.dead'], 'scanner', 'dead'),
  scan_success_low: part(['扫码成功率低', 'Scan success low', 'scan.low_success'], 'scanSuccess', 'low'),
  meter_card_writer_dead: part(
    ['购电卡读写器故障', 'Meter-card writer dead', 'ic.writer_dead'],
    'meterCardWriter',
    'dead',
  ),
  touch_dead: part(['触摸屏无响应', 'Touch screen dead', 'touch.dead'], 'touch', 'dead'),
  touch_ghost: part(['触摸漂移', 'Ghost touches', 'touch.ghost'], 'touch', 'ghost'),
  display_dark: part(['黑屏', 'Display dark', 'disp.black'], 'display', 'dark'),
  audio_mute: part(['语音播报无声', 'No voice', 'audio.mute'], 'audio', 'mute'),
  camera_dead: part(['摄像头故障', 'Camera dead', 'cam.dead'], 'camera', 'dead'),
  camera_storage_full: part(['录像存储满', 'Recording storage full', 'cam.storage'], 'cameraStorage', 'full'),
  app_frozen: part(['业务程序卡死', 'Application frozen', 'app.frozen'], 'app', 'frozen'),
  app_crash_loop: part(['反复崩溃', 'Application in a crash loop', 'app.crashloop'], 'app', 'crash_loop'),
  app_out_of_service: part(['暂停服务', 'Out-of-service screen', 'app.oos'], 'app', 'out_of_service'),
  backend_down: part(['营销系统不可达', 'Backend unreachable', 'sys.backend_down'], 'backend', 'down'),
  pay_channel_down: part(['支付渠道异常', 'Pay channel down', 'pay.channel_down'], 'payment.wechat', 'down'),
  transactions_failing: part(
    ['交易失败率突增', 'Transactions failing', 'txn.fail_rate'],
    'transactionHealth',
    'failing',
  ),
  network_degraded: part(['网络质量差', 'Network degraded', 'net.degraded'], 'network', 'degraded'),
  network_down: part(['网络中断', 'Network down', 'net.down'], 'network', 'down'),
  door_forced: part(['无工单开门', 'Door forced', 'door.forced'], 'doorGuard', 'forced'),
  door_open: part(['机柜门未关', 'Door left open', 'door.left_open'], 'door', 'open'),
  water_leak: part(['水浸', 'Water in the cabinet', 'cab.water'], 'cabinetWater', 'wet'),
  shock: part(['震动撞击', 'Impact on the cabinet', 'cab.shock'], 'cabinetShock', 'shock'),
  fan_failed: part(['风扇故障', 'Fan failed', 'cab.fan'], 'cabinetFan', 'failed'),
  ticket_service_down: queueOnly(['取号服务异常', 'Ticket service down', 'q.service_down'], 'ticketService', 'down'),
  caller_lost: queueOnly(['呼叫器离线', 'Counter caller lost', 'q.caller_lost'], 'caller', 'lost'),
  evaluator_lost: evaluator(['评价器离线', 'Evaluator link lost', 'eval.offline'], 'linkLost'),
  evaluator_silent: evaluator(['评价器无数据', 'No ratings arrive', 'eval.silent'], 'muted'),
}
