import { type Make, type MakeContext, round } from './make.ts'
import { cashLevel, type Level, paperLevel, terminalOf } from './terminal-levels.ts'

/**
 * Donghe ZT200, an invented make: one JSON with one number per module, made of bit masks or numeric codes; time in seconds;
 * keys are pinyin initials.
 */
export function dongheZt200(context: MakeContext): Make {
  const t = terminalOf(context.device)
  const base = `zt200/${context.topic.terminal ?? context.device.id}`
  const bit = (position: number, set: boolean) => (set ? 1 << position : 0)
  const level = (position: number, value: Level | 'high' | 'full') =>
    (value === 'ok' ? 0 : value === 'low' || value === 'high' ? 1 : 2) << position

  function modules(): number[] {
    const p = t.parts
    const receipt =
      bit(0, p['printer.receipt'] === 'offline') |
      level(1, paperLevel(t.receiptPaperPercent)) |
      bit(3, p['paperPath.receipt'] === 'jam') |
      bit(4, p['cutter.receipt'] === 'stuck') |
      bit(5, p['printerCover.receipt'] === 'open') |
      bit(6, p['printHead.receipt'] === 'hot')
    const invoice =
      bit(0, p['printer.invoice'] === 'offline') |
      level(1, paperLevel(t.invoicePaperPercent)) |
      bit(3, p['paperPath.invoice'] === 'jam') |
      bit(7, p['blackMark.invoice'] === 'lost') |
      level(8, p['ribbon.invoice'] as Level)
    const cash =
      bit(0, p.cashAcceptor === 'dead') |
      bit(1, p.cashTransport === 'jam') |
      bit(2, p.cashShutter === 'jam') |
      level(3, cashLevel(t)) |
      bit(5, p.cashBoxSeat === 'missing') |
      bit(6, p.cashBoxSeal === 'manipulated') |
      bit(7, p.coinHopper === 'empty') |
      bit(8, p.coinPath === 'jam')
    const card = p.cardReader === 'dead' ? 31 : p.cardSlot === 'retained' ? 32 : p.cardGuard === 'suspect' ? 33 : 0
    const keypad = p.pinPadGuard === 'tampered' ? 41 : p.pinKeys === 'missing' ? 42 : 0
    const readers =
      bit(0, p.idReader === 'dead') |
      bit(1, p.scanner === 'dead') |
      bit(2, p.meterCardWriter === 'dead') |
      bit(3, p.camera === 'dead') |
      ((p.touch === 'dead' ? 1 : p.touch === 'ghost' ? 2 : 0) << 4) |
      bit(6, p.display === 'dark') |
      bit(7, p.audio === 'mute')
    const cabinet =
      bit(0, p.door === 'open') |
      bit(1, p.doorGuard === 'forced') |
      bit(2, p.cabinetWater === 'wet') |
      bit(3, p.cabinetFan === 'failed') |
      bit(4, p.cabinetShock === 'shock')
    return [receipt, invoice, cash, card, keypad, readers, hostCode(), cabinet]
  }

  /** One code for the host: the worst thing wins. */
  function hostCode(): number {
    const { app, backend, network } = t.parts
    if (app !== 'ok') return { frozen: 61, crash_loop: 62 }[app] ?? 63
    if (network === 'down') return 66
    if (backend === 'down') return 64
    return network === 'degraded' ? 65 : 0
  }

  const report = () => [
    {
      topic: `${base}/zt`,
      qos: 1 as const,
      payload: {
        sj: Math.floor(context.clockMs() / 1000),
        zt: modules(),
        qd: [
          { mc: 'wx', zt: t.parts['payment.wechat'] === 'ok' ? 0 : 1 },
          { mc: 'zfb', zt: t.parts['payment.alipay'] === 'ok' ? 0 : 1 },
          { mc: 'yl', zt: t.parts['payment.unionpay'] === 'ok' ? 0 : 1 },
        ],
        yl: [round(t.receiptPaperPercent, 0), round(t.invoicePaperPercent, 0), round(t.cashBoxPercent, 0)],
        js: { jy: t.transactions, sb: t.failedTransactions, dy: t.receipts, zb: t.notes },
        wd: Math.round(t.cabinetC * 10),
        cp: round(100 - t.diskPercent, 0),
        bb: 'ZT200-3.07',
      },
    },
  ]
  let known = ''
  return {
    periodMs: 5000,
    will: { topic: `${base}/zx`, payload: '0', qos: 1, retain: true },
    hello: () => [{ topic: `${base}/zx`, payload: '1', qos: 1, retain: true }],
    report,
    changes: () => {
      const now = modules().join()
      const changed = known !== '' && now !== known
      known = now
      return changed ? report() : []
    },
  }
}
