import { type Capability, capabilitiesOf } from './capability.ts'
import type { DeviceKind } from './device-kind.ts'
import type { FaultCode } from './fault-codes.ts'
import type { Priority } from './priority.ts'

interface Bilingual {
  readonly zh: string
  readonly en: string
}

/** A command with which the device proves a part works. */
export type SelfTest = 'test-print' | 'test-cash' | 'test-card' | 'test-scan' | 'test-screen' | 'test-voice' | 'test-id'

/** What a fault means for the customer and for whoever repairs it. */
export interface FaultFacts {
  /** Before redundancy and opening hours; a rule may say otherwise. */
  readonly priority: Priority
  /** Somebody must have looked: it does not go away by itself (FAULTS list: money, cards, tampering, water, leakage). */
  readonly latched: boolean
  /** What the customer cannot do, one sentence. */
  readonly impact: Bilingual
  /** What to do first, one imperative sentence. */
  readonly firstAction: Bilingual
  /** What to bring; absent: nothing. */
  readonly sparePart?: Bilingual
  /** What this unit can no longer do for a customer; empty: it still serves. */
  readonly loses: readonly Capability[]
  readonly selfTest?: SelfTest
  /** First word of the code: prn, cash … Skills and reports go by it. */
  readonly group: string
}

interface Row {
  readonly priority: Priority
  readonly latched?: true
  /** `{paper}` and `{channel}` are filled in from the part. */
  readonly impact: readonly [zh: string, en: string]
  readonly action: readonly [zh: string, en: string]
  readonly spare?: readonly [zh: string, en: string]
  /** `paper` and `channel`: what exactly depends on the part. `unit`: everything a device of this kind does. */
  readonly loses?: readonly Capability[] | 'paper' | 'channel' | 'unit'
  readonly selfTest?: SelfTest
}

const NOTHING_YET: Row['impact'] = ['暂不影响客户', 'Nothing yet for the customer']

const ROWS = {
  'prn.paper_low': {
    priority: 'P4',
    impact: NOTHING_YET,
    action: ['在预计用完之前换上新{paper}纸', 'Load new paper before the forecast empty time'],
    spare: ['{paper}纸卷', 'Paper roll'],
  },
  'prn.paper_out': {
    priority: 'P2',
    impact: ['客户打印不了{paper}', 'Customers cannot print their {paper}'],
    action: ['装入新纸，打印测试页', 'Load paper and print a test page'],
    spare: ['{paper}纸卷', 'Paper roll'],
    loses: 'paper',
    selfTest: 'test-print',
  },
  'prn.paper_jam': {
    priority: 'P2',
    impact: ['客户打印不了{paper}，纸可能卡在出口', 'Customers cannot print their {paper}; half a slip may be stuck'],
    action: [
      '打开上盖，顺走纸方向取出卡纸，确认切刀已复位',
      'Open the cover, pull the paper along its feed, check that the cutter is home',
    ],
    loses: 'paper',
    selfTest: 'test-print',
  },
  'prn.cutter_fault': {
    priority: 'P2',
    impact: ['客户的{paper}切不断、取不出', 'The {paper} is not cut off and cannot be taken'],
    action: ['断电重启打印机，清出切刀处的碎纸', 'Power-cycle the printer and free the blade'],
    spare: ['切刀组件', 'Cutter assembly'],
    loses: 'paper',
    selfTest: 'test-print',
  },
  'prn.cover_open': {
    priority: 'P3',
    impact: ['客户打印不了{paper}', 'Customers cannot print their {paper}'],
    action: ['合上打印机盖，听到“咔”一声为止', 'Close the printer cover until it clicks'],
    loses: 'paper',
  },
  'prn.head_hot': {
    priority: 'P3',
    impact: ['客户的{paper}打印变慢或字迹变浅', 'The {paper} prints slowly or faintly'],
    action: ['停用5分钟降温，检查是否连续大量打印', 'Let it cool for 5 minutes and check for heavy printing'],
    spare: ['打印头', 'Print head'],
  },
  'prn.ribbon_low': {
    priority: 'P4',
    impact: ['{paper}字迹可能变浅', 'The {paper} may come out faint'],
    action: ['下次到场带上色带(碳粉)更换', 'Bring ribbon or toner at the next visit'],
    spare: ['色带(碳粉盒)', 'Ribbon or toner'],
  },
  'prn.ribbon_out': {
    priority: 'P2',
    impact: ['客户打印出来的{paper}是空白的', 'The {paper} comes out blank'],
    action: ['更换色带(碳粉)，补打失败的票据', 'Replace ribbon or toner and reprint what failed'],
    spare: ['色带(碳粉盒)', 'Ribbon or toner'],
    loses: 'paper',
    selfTest: 'test-print',
  },
  'prn.mark_lost': {
    priority: 'P3',
    impact: ['客户的{paper}打印错位', 'The {paper} is printed out of place'],
    action: ['擦净黑标传感器，重新校准定位', 'Clean the black-mark sensor and recalibrate'],
    spare: ['黑标传感器', 'Black-mark sensor'],
    selfTest: 'test-print',
  },
  'prn.offline': {
    priority: 'P2',
    impact: ['客户打印不了{paper}', 'Customers cannot print their {paper}'],
    action: ['检查打印机电源和数据线，重新插拔', 'Check power and cable of the printer and replug it'],
    spare: ['数据线、打印机电源', 'USB cable and printer power supply'],
    loses: 'paper',
    selfTest: 'test-print',
  },
  'prn.retract_full': {
    priority: 'P3',
    impact: ['没人取走的{paper}会堵住出纸口', 'Slips nobody took will block the exit'],
    action: ['清空回收箱', 'Empty the retract bin'],
  },
  'prn.exit_blocked': {
    priority: 'P3',
    impact: ['下一位客户打印不了{paper}', 'The next customer cannot print a {paper}'],
    action: ['取走出纸口的纸张和异物', 'Clear the paper exit'],
    loses: 'paper',
  },
  'prn.silent_fail': {
    priority: 'P2',
    impact: ['客户交了费却拿不到{paper}', 'Customers paid but get no {paper}'],
    action: [
      '补打一张，确认真的出纸，再查出纸传感器',
      'Reprint one, see that paper really comes out, then check the exit sensor',
    ],
    spare: ['出纸传感器', 'Paper exit sensor'],
    loses: 'paper',
    selfTest: 'test-print',
  },
  'inv.stock_low': {
    priority: 'P3',
    impact: NOTHING_YET,
    action: ['向财务申领新的票据号段', 'Request new invoice numbers'],
  },
  'inv.service_down': {
    priority: 'P2',
    impact: ['客户打印不了发票', 'Customers cannot print invoices'],
    action: ['引导客户改用电子发票，联系开票服务商', 'Point customers to e-invoices and call the invoice service'],
    loses: ['print-invoice'],
  },
  'cash.note_jam': {
    priority: 'P1',
    latched: true,
    impact: ['客户的纸币被吞，未入账', 'A customer’s note is swallowed and not credited'],
    action: [
      '停用本机，两人一同开箱取币，登记冠字号后退还客户',
      'Lock the unit, open it with two people, record the serial number and refund',
    ],
    loses: ['pay-cash'],
    selfTest: 'test-cash',
  },
  'cash.box_high': {
    priority: 'P3',
    impact: NOTHING_YET,
    action: ['安排清机收款', 'Schedule a collection'],
  },
  'cash.box_full': {
    priority: 'P2',
    impact: ['客户不能用现金缴费', 'Customers cannot pay in cash'],
    action: ['两人到场清机，换上空钞箱', 'Collect with two people and put in an empty box'],
    spare: ['空钞箱', 'Empty cash box'],
    loses: ['pay-cash'],
  },
  'cash.box_missing': {
    priority: 'P1',
    latched: true,
    impact: ['客户不能用现金缴费，资金有被盗风险', 'Customers cannot pay in cash; money may be stolen'],
    action: ['立即联系安保，调取监控核实', 'Call security at once and check the recordings'],
    loses: ['pay-cash'],
  },
  'cash.box_manip': {
    priority: 'P1',
    latched: true,
    impact: ['客户不能用现金缴费，钞箱可能被动过', 'Customers cannot pay in cash; the box may have been opened'],
    action: ['立即联系安保，保持现场并核对封签', 'Call security at once, touch nothing and check the seal'],
    loses: ['pay-cash'],
  },
  'cash.validator_dead': {
    priority: 'P2',
    impact: ['客户不能用现金缴费', 'Customers cannot pay in cash'],
    action: ['擦净识币器传感器后复位', 'Clean the sensors of the note reader and reset it'],
    spare: ['识币器', 'Note reader'],
    loses: ['pay-cash'],
    selfTest: 'test-cash',
  },
  'cash.reject_high': {
    priority: 'P3',
    impact: ['客户的纸币经常被退回', 'Notes are often returned to customers'],
    action: ['清洁入钞通道，更新识币版本', 'Clean the note path and update the note set'],
  },
  'cash.shutter_jam': {
    priority: 'P2',
    impact: ['客户放不进纸币', 'Customers cannot insert notes'],
    action: ['取出挡板处的异物', 'Remove what blocks the shutter'],
    spare: ['入钞口挡板', 'Note shutter'],
    loses: ['pay-cash'],
    selfTest: 'test-cash',
  },
  'coin.empty': {
    priority: 'P3',
    impact: ['客户拿不到找零', 'Customers get no change'],
    action: ['补充硬币并登记', 'Refill coins and record it'],
    spare: ['硬币', 'Coins'],
    loses: ['give-change'],
  },
  'coin.jam': {
    priority: 'P2',
    impact: ['客户的硬币或找零卡在机内', 'A customer’s coin or change is stuck inside'],
    action: ['清理硬币通道，把卡住的钱退给客户', 'Clear the coin chute and refund the customer'],
    loses: ['give-change'],
  },
  'cash.mismatch': {
    priority: 'P1',
    latched: true,
    impact: ['客户的现金可能记错账', 'A customer’s cash may be credited wrongly'],
    action: ['停用现金功能，两人清点对账', 'Stop cash, count and reconcile with two people'],
    loses: ['pay-cash'],
  },
  'card.reader_dead': {
    priority: 'P2',
    impact: ['客户不能刷卡缴费', 'Customers cannot pay by card'],
    action: ['用清洁卡擦净磁头后复位', 'Clean the head with a cleaning card and reset'],
    spare: ['读卡器', 'Card reader'],
    loses: ['pay-card'],
    selfTest: 'test-card',
  },
  'card.retained': {
    priority: 'P1',
    latched: true,
    impact: ['客户的银行卡被吞', 'A customer’s card is swallowed'],
    action: ['守住终端，核对证件后当面退卡', 'Guard the terminal and return the card against identification'],
    loses: ['pay-card'],
    selfTest: 'test-card',
  },
  'card.bin_full': {
    priority: 'P3',
    impact: NOTHING_YET,
    action: ['清空吞卡箱并逐张登记', 'Empty the bin and register each card'],
  },
  'card.skimmer': {
    priority: 'P1',
    latched: true,
    impact: ['客户的卡号和密码可能被盗', 'Card data and PIN may be stolen'],
    action: ['立即停用本机，保护现场并报警', 'Take the unit out of service at once, touch nothing and call the police'],
    loses: ['pay-card'],
  },
  'pin.tamper': {
    priority: 'P1',
    latched: true,
    impact: ['客户不能输密码缴费', 'Customers cannot pay with a PIN'],
    action: ['封存密码键盘，更换后重新灌装密钥', 'Seal the PIN pad, replace it and load new keys'],
    spare: ['密码键盘', 'PIN pad'],
    loses: ['pay-card'],
  },
  'pin.no_key': {
    priority: 'P2',
    impact: ['客户不能输密码缴费', 'Customers cannot pay with a PIN'],
    action: ['由密钥管理员到场灌装密钥', 'Have the key officer load the keys'],
    loses: ['pay-card'],
  },
  'pin.stuck_key': {
    priority: 'P3',
    impact: ['客户容易输错密码', 'Customers enter wrong digits'],
    action: ['清洁按键，仍粘连就更换键盘', 'Clean the keys and replace the pad if they still stick'],
    spare: ['密码键盘', 'PIN pad'],
  },
  'id.reader_dead': {
    priority: 'P2',
    impact: ['客户不能刷身份证办理', 'Customers cannot identify themselves'],
    action: ['重新插拔阅读器，复位安全模块', 'Replug the reader and reset its security module'],
    spare: ['身份证阅读器', 'ID-card reader'],
    loses: ['verify-id'],
    selfTest: 'test-id',
  },
  'scan.dead': {
    priority: 'P2',
    impact: ['客户不能扫码缴费', 'Customers cannot pay by QR code'],
    action: ['重新插拔扫码器，擦净扫描窗', 'Replug the scanner and wipe its glass'],
    spare: ['扫码器', 'Scanner'],
    loses: ['pay-qr'],
    selfTest: 'test-scan',
  },
  'scan.low_success': {
    priority: 'P3',
    impact: ['客户要反复扫码才能成功', 'Customers must scan again and again'],
    action: ['擦净扫描窗，检查补光和反光', 'Wipe the glass and check light and glare'],
    spare: ['扫码器', 'Scanner'],
    selfTest: 'test-scan',
  },
  'ic.writer_dead': {
    priority: 'P2',
    impact: ['客户不能给购电卡充值', 'Customers cannot top up their meter card'],
    action: ['暂停写卡，核对最后一笔，再更换读写器', 'Stop writing cards, check the last one, then replace the writer'],
    spare: ['购电卡读写器', 'Meter-card writer'],
    loses: ['top-up-card'],
    selfTest: 'test-card',
  },
  'touch.dead': {
    priority: 'P1',
    impact: ['客户点不动屏幕，办不了任何业务', 'Customers cannot start anything: the screen does not react'],
    action: ['先远程重启，不恢复就到场检查触摸线', 'Restart remotely; if it stays dead, check the touch cable on site'],
    spare: ['触摸屏控制板', 'Touch controller'],
    loses: 'unit',
    selfTest: 'test-screen',
  },
  'touch.ghost': {
    priority: 'P2',
    impact: ['客户点击时会误触别的按钮', 'Wrong buttons react to the customer’s touch'],
    action: ['擦净屏幕边框，重新校准触摸', 'Clean the edges of the screen and recalibrate'],
    spare: ['触摸屏', 'Touch screen'],
    loses: 'unit',
    selfTest: 'test-screen',
  },
  'disp.black': {
    priority: 'P1',
    impact: ['客户看不到画面，以为机器停用', 'Customers see a dark screen and walk away'],
    action: [
      '远程唤醒屏幕，不亮就检查视频线和背光',
      'Wake the screen remotely; if it stays dark, check cable and backlight',
    ],
    spare: ['显示屏、视频线', 'Display and video cable'],
    loses: 'unit',
    selfTest: 'test-screen',
  },
  'audio.mute': {
    priority: 'P3',
    impact: ['客户听不到语音提示', 'Customers hear no voice prompts'],
    action: ['检查音量和静音，再查功放', 'Check volume and mute, then the amplifier'],
    spare: ['功放板、扬声器', 'Amplifier and loudspeaker'],
    selfTest: 'test-voice',
  },
  'cam.dead': {
    priority: 'P3',
    impact: ['客户可照常办理，但没有录像可查', 'Customers are served, but nothing is recorded'],
    action: ['重新插拔摄像头', 'Replug the camera'],
    spare: ['摄像头', 'Camera'],
  },
  'cam.storage': {
    priority: 'P3',
    impact: ['客户可照常办理，但新录像存不下', 'Customers are served, but new recordings do not fit'],
    action: ['按保存期限清理录像或扩容', 'Delete recordings past their term or extend the storage'],
    spare: ['硬盘', 'Disk'],
  },
  'app.frozen': {
    priority: 'P1',
    impact: ['客户看到的页面不动，办不了业务', 'The page is frozen: customers cannot do anything'],
    action: [
      '远程重启业务程序，仍卡死就派人到场',
      'Restart the application remotely; if it stays frozen, send somebody',
    ],
    loses: 'unit',
  },
  'app.crashloop': {
    priority: 'P1',
    impact: ['程序反复重启，客户办不了业务', 'The application keeps restarting: customers cannot do anything'],
    action: ['回退到上一个版本', 'Roll back to the previous version'],
    loses: 'unit',
  },
  'app.oos': {
    priority: 'P1',
    impact: ['屏幕显示暂停服务，客户办不了业务', 'The screen says out of service: customers are turned away'],
    action: [
      '查本机其他告警找出原因，处理后恢复服务',
      'Find the cause among the other alarms of this unit and put it back into service',
    ],
    loses: 'unit',
  },
  'sys.backend_down': {
    priority: 'P1',
    impact: ['客户在任何一台终端上都不能缴费', 'Customers cannot pay at any terminal'],
    action: ['通知厅主任并联系营销系统值班', 'Tell the hall manager and call the billing system’s duty desk'],
    loses: 'unit',
  },
  'pay.channel_down': {
    priority: 'P2',
    impact: ['客户不能用{channel}缴费', 'Customers cannot pay with {channel}'],
    action: ['在界面隐藏该支付方式，联系支付渠道', 'Hide this way of paying and call the provider'],
    loses: 'channel',
  },
  'txn.fail_rate': {
    priority: 'P2',
    impact: ['客户的交易经常失败，需要重试', 'Transactions often fail and must be repeated'],
    action: ['对照其他终端和渠道，找出共同原因', 'Compare other terminals and channels to find the common cause'],
  },
  'net.down': {
    priority: 'P1',
    impact: ['客户办不了任何联网业务', 'Customers cannot do anything that needs the network'],
    action: ['切换到备用线路', 'Switch to the backup line'],
    spare: ['网线、4G 路由器', 'Network cable and 4G router'],
    loses: 'unit',
  },
  'net.degraded': {
    priority: 'P3',
    impact: ['客户办理变慢', 'Everything is slow for customers'],
    action: ['测试线路丢包和时延，向运营商报障', 'Measure loss and delay and open a ticket with the carrier'],
  },
  'host.disk_full': {
    priority: 'P3',
    impact: ['暂不影响客户，写满后程序会崩溃', 'Nothing yet; the application will crash when it is full'],
    action: ['清理日志和旧录像', 'Purge logs and old recordings'],
    spare: ['硬盘', 'Disk'],
  },
  'host.mem_low': {
    priority: 'P3',
    impact: ['客户操作变慢', 'The terminal is slow for customers'],
    action: ['安排闭厅后重启', 'Schedule a restart after closing'],
    spare: ['内存条', 'Memory module'],
  },
  'host.hot': {
    priority: 'P3',
    impact: ['暂不影响客户，继续升温会关机', 'Nothing yet; it will shut down if it gets hotter'],
    action: ['检查风扇和滤网积灰，确认空调正常', 'Check fan, dust and air conditioning'],
    spare: ['机柜风扇、防尘滤网', 'Cabinet fan and dust filter'],
  },
  'host.reboot': {
    priority: 'P3',
    impact: ['正在办理的客户被中断', 'The customer at the terminal was interrupted'],
    action: ['检查供电，查看重启前的日志', 'Check the power supply and the log before the restart'],
    spare: ['电源模块', 'Power supply'],
  },
  'clk.skew': {
    priority: 'P3',
    impact: ['客户的票据时间不准，支付签名可能失败', 'Times on slips are wrong and payments may be refused'],
    action: ['检查对时服务器并立即对时', 'Check the time server and synchronise now'],
  },
  'cert.expiring': {
    priority: 'P4',
    impact: ['暂不影响客户，过期后全部业务中断', 'Nothing yet; everything stops when it expires'],
    action: ['在到期前更换证书', 'Renew the certificate before it expires'],
  },
  'agent.lost': {
    priority: 'P2',
    impact: ['状态未知，客户可能用不了本机', 'State unknown: customers may not be able to use it'],
    action: ['请厅内人员到机前看一眼并拍照', 'Ask hall staff to look at it and take a photo'],
    loses: 'unit',
  },
  'sw.drift': {
    priority: 'P4',
    impact: NOTHING_YET,
    action: ['重新下发标准版本和配置', 'Deploy the standard version and configuration again'],
  },
  'ups.on_battery': {
    priority: 'P2',
    impact: ['暂不影响客户，电池用完后全部停机', 'Nothing yet; everything stops when the battery is empty'],
    action: ['确认市电何时恢复，盯住剩余时间', 'Find out when mains returns and watch the time left'],
  },
  'ups.low': {
    priority: 'P1',
    impact: ['客户即将办不了业务，设备马上断电', 'Customers will be cut off: power is about to fail'],
    action: ['立即有序停机，先结束现金业务', 'Shut down in order now, cash first'],
    spare: ['UPS 电池', 'UPS battery'],
  },
  'ups.bad': {
    priority: 'P3',
    impact: ['暂不影响客户，停电时撑不住', 'Nothing yet; it will not hold through an outage'],
    action: ['订购并更换 UPS 电池', 'Order and replace the UPS battery'],
    spare: ['UPS 电池', 'UPS battery'],
  },
  'ups.overload': {
    priority: 'P2',
    impact: ['暂不影响客户，随时可能断电', 'Nothing yet; power may drop at any moment'],
    action: ['先关掉体验区负荷', 'Switch off the loads of the experience zone first'],
  },
  'ups.comm_lost': {
    priority: 'P3',
    impact: ['暂不影响客户，停电时不会有预警', 'Nothing yet; an outage would come without warning'],
    action: ['检查 UPS 通信线和采集程序', 'Check the cable of the UPS and its agent'],
    spare: ['UPS 通信线', 'UPS cable'],
  },
  'door.forced': {
    priority: 'P1',
    latched: true,
    impact: ['客户应暂停使用本机，存在安全风险', 'Customers should not use it: security risk'],
    action: ['调取监控并立即联系厅内人员', 'Look at the cameras and call the hall at once'],
  },
  'door.left_open': {
    priority: 'P2',
    impact: ['机内部件外露，客户不能使用本机', 'Parts are exposed: customers cannot use it'],
    action: ['回到现场锁好机柜门', 'Return and lock the cabinet'],
    loses: 'unit',
  },
  'cab.water': {
    priority: 'P1',
    latched: true,
    impact: ['客户不得靠近，有触电危险', 'Customers must keep away: danger of electric shock'],
    action: ['切断电源，疏散周围人员', 'Cut the power and clear the area'],
    loses: 'unit',
  },
  'cab.humid': {
    priority: 'P3',
    impact: ['客户可照常办理，但容易卡纸', 'Customers are served, but paper jams more often'],
    action: ['开启除湿，检查机柜密封', 'Dehumidify and check the seals of the cabinet'],
    spare: ['干燥剂', 'Desiccant'],
  },
  'cab.shock': {
    priority: 'P2',
    impact: ['客户暂时可用，终端可能遭人为破坏', 'Customers can still use it; somebody may be damaging it'],
    action: ['查看监控，确认终端有无损坏', 'Look at the cameras and check for damage'],
  },
  'cab.fan': {
    priority: 'P3',
    impact: ['暂不影响客户，之后会过热', 'Nothing yet; it will overheat later'],
    action: ['更换机柜风扇', 'Replace the cabinet fan'],
    spare: ['机柜风扇', 'Cabinet fan'],
  },
  'q.service_down': {
    priority: 'P1',
    impact: ['客户不能取号', 'Customers cannot take a number'],
    action: ['先发纸质号牌，再重启取号服务', 'Hand out paper numbers, then restart the ticket service'],
    loses: ['take-number'],
  },
  'q.caller_lost': {
    priority: 'P2',
    impact: ['客户看不到也听不到叫号', 'Customers miss their call'],
    action: ['重新插拔呼叫器，检查网线', 'Replug the caller and check its cable'],
    spare: ['呼叫器、网线', 'Caller and network cable'],
    loses: ['call-number'],
  },
  'eval.offline': {
    priority: 'P3',
    impact: ['客户不能评价服务', 'Customers cannot rate the service'],
    action: ['重新插拔评价器的 USB 线', 'Replug the USB cable of the evaluator'],
    spare: ['评价器', 'Evaluator'],
    loses: ['rate-service'],
  },
  'eval.silent': {
    priority: 'P3',
    impact: ['客户的评价没有被收到', 'Customers’ ratings do not arrive'],
    action: ['试按一次，并核对柜员是否邀请评价', 'Press it once, and check that customers are invited to rate'],
    spare: ['评价器', 'Evaluator'],
    loses: ['rate-service'],
  },
  'mtr.no_read': {
    priority: 'P3',
    impact: ['客户可照常办理，但体验数据停止更新', 'Customers are served, but demonstration figures stand still'],
    action: ['检查总线接线、表地址和波特率', 'Check bus wiring, address and baud rate'],
    spare: ['RS-485 转换器', 'RS-485 converter'],
  },
  'mtr.clock': {
    priority: 'P4',
    impact: ['客户的分时电量可能记错时段', 'Energy may be booked into the wrong tariff period'],
    action: ['给电表对时', 'Set the meter’s clock'],
    spare: ['时钟电池', 'Clock battery'],
  },
  'ev.ground': {
    priority: 'P1',
    latched: true,
    impact: ['客户不能充电，有触电危险', 'Customers cannot charge: danger of electric shock'],
    action: ['断开充电桩电源并挂牌上锁', 'Isolate the charger and lock it out'],
    spare: ['漏电保护器', 'Residual-current device'],
    loses: ['charge-ev'],
  },
  'ev.hot': {
    priority: 'P1',
    impact: ['客户不能充电，有起火风险', 'Customers cannot charge: risk of fire'],
    action: ['断开充电桩电源，检查枪头和触点', 'Isolate the charger and inspect connector and contacts'],
    spare: ['充电枪线', 'Charging cable'],
    loses: ['charge-ev'],
  },
  'ev.lock': {
    priority: 'P2',
    impact: ['客户的充电枪拔不出来', 'The plug is stuck in the customer’s car'],
    action: ['远程解锁充电枪，不行就手动解锁', 'Unlock the connector remotely, else release it by hand'],
    spare: ['电子锁', 'Connector lock'],
    loses: ['charge-ev'],
  },
  'ev.comm': {
    priority: 'P3',
    impact: ['客户的车充不上电', 'The customer’s car does not start charging'],
    action: ['请客户重新插枪，再检查导引电路', 'Ask the customer to plug in again, then check the control pilot'],
    spare: ['充电枪线', 'Charging cable'],
    loses: ['charge-ev'],
  },
  'demo.offline': {
    priority: 'P4',
    impact: ['客户看不到这件电器的演示', 'Visitors cannot see this appliance at work'],
    action: ['检查插座供电，重新配对', 'Check the power of the plug and pair it again'],
    spare: ['计量插座', 'Metering plug'],
    loses: ['watch-demo'],
  },
  'demo.not_off': {
    priority: 'P1',
    latched: true,
    impact: ['体验电器断不开，可能过热伤人', 'An appliance of the experience zone stays live and may overheat'],
    action: [
      '断开该回路的断路器，检查继电器触点',
      'Open the breaker of its circuit, then check the contacts of the relay',
    ],
    spare: ['计量插座', 'Metering plug'],
    loses: ['watch-demo'],
  },
  'demo.danger': {
    priority: 'P1',
    impact: ['体验区有危险，演示负载已断电', 'The experience zone is in danger; its loads are switched off'],
    action: [
      '疏散观众，查明烟雾、燃气或水的来源',
      'Lead visitors away, then find where smoke, gas or water comes from',
    ],
    loses: ['watch-demo'],
  },
  'demo.tripped': {
    priority: 'P2',
    impact: ['这条回路没有电，客户看不到演示', 'The circuit has no power, so visitors see no demonstration'],
    action: ['查明漏电或短路的电器再合闸', 'Find the appliance that leaks or is short before closing it again'],
    loses: ['watch-demo'],
  },
} as const satisfies Record<FaultCode, Row>

const PAPERS: Readonly<Record<string, { zh: string; en: string; loses: Capability }>> = {
  receipt: { zh: '凭条', en: 'receipt', loses: 'print-receipt' },
  invoice: { zh: '发票', en: 'invoice', loses: 'print-invoice' },
  ticket: { zh: '号票', en: 'ticket', loses: 'take-number' },
}
const ANY_PAPER = { zh: '凭条', en: 'slip', loses: 'print-receipt' } as const

const CHANNELS: Readonly<Record<string, { zh: string; en: string; loses: Capability }>> = {
  wechat: { zh: '微信', en: 'WeChat Pay', loses: 'pay-qr' },
  alipay: { zh: '支付宝', en: 'Alipay', loses: 'pay-qr' },
  unionpay: { zh: '银联', en: 'UnionPay', loses: 'pay-card' },
  cash: { zh: '现金', en: 'cash', loses: 'pay-cash' },
}
const ANY_CHANNEL = { zh: '部分支付方式', en: 'one way of paying', loses: 'pay-qr' } as const

/**
 * The facts of a fault.
 * @param part  the quantity it is seen in (`paperPath.receipt`): decides what the paper or the pay channel is called
 * @param kind  of the device: decides what is lost with the whole unit
 */
export function faultFacts(code: FaultCode, part = '', kind: DeviceKind = 'kiosk'): FaultFacts {
  const qualifier = part.split('.', 2)[1] ?? ''
  const known = Object.hasOwn(PAPERS, qualifier) || Object.hasOwn(CHANNELS, qualifier) ? qualifier : ''
  const key = `${code} ${known} ${kind}`
  const facts = told.get(key) ?? tell(code, known, kind)
  told.set(key, facts)
  return facts
}

/** Asked anew for every open alarm when one of them moves; no more than codes times papers and channels times kinds. */
const told = new Map<string, FaultFacts>()

function tell(code: FaultCode, qualifier: string, kind: DeviceKind): FaultFacts {
  const row: Row = ROWS[code]
  const paper = PAPERS[qualifier] ?? ANY_PAPER
  const channel = CHANNELS[qualifier] ?? ANY_CHANNEL
  const said = ([zh, en]: readonly [string, string]): Bilingual => ({
    zh: zh.replace('{paper}', paper.zh).replace('{channel}', channel.zh),
    en: en.replace('{paper}', paper.en).replace('{channel}', channel.en),
  })
  const loses = lostBy(row.loses ?? [], paper.loses, channel.loses, kind)
  return {
    priority: row.priority,
    latched: row.latched ?? false,
    impact: said(row.impact),
    firstAction: said(row.action),
    ...(row.spare && { sparePart: said(row.spare) }),
    loses,
    ...(row.selfTest && { selfTest: row.selfTest }),
    group: code.split('.', 1)[0] as string,
  }
}

function lostBy(
  loses: NonNullable<Row['loses']>,
  paper: Capability,
  channel: Capability,
  kind: DeviceKind,
): readonly Capability[] {
  if (loses === 'unit') return capabilitiesOf(kind)
  if (loses === 'paper') return [paper]
  if (loses === 'channel') return [channel]
  return loses
}
